//! The part of JSON Schema that `schemas/document.schema.json` uses.

use serde_json::Value;

/// What is wrong with `value` under `schema`, with paths; nothing when it is valid.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    check(schema, schema, value, "$", &mut problems);
    problems
}

fn check(root: &Value, schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).expect("the reference leads somewhere");
        return check(root, target, value, path, problems);
    }
    if !has_type(&schema["type"], value) {
        problems.push(format!("{path} is not {}", schema["type"]));
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        problems.push(format!("{path} is {value}"));
    }
    let number = value.as_f64();
    if number.zip(schema["minimum"].as_f64()).is_some_and(|(number, least)| number < least)
        || number.zip(schema["maximum"].as_f64()).is_some_and(|(number, most)| number > most)
    {
        problems.push(format!("{path} is out of range: {value}"));
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(root, &schema["items"], item, &format!("{path}[{index}]"), problems);
    }
    check_object(root, schema, value, path, problems);
}

fn check_object(root: &Value, schema: &Value, value: &Value, path: &str, problems: &mut Vec<String>) {
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            problems.push(format!("{path} has no {name}"));
        }
    }
    for (name, member) in object {
        match schema["properties"].get(name) {
            Some(schema) => check(root, schema, member, &format!("{path}.{name}"), problems),
            None => problems.push(format!("{path}.{name} is not in the schema")),
        }
    }
}

fn has_type(expected: &Value, value: &Value) -> bool {
    match expected.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    }
}
