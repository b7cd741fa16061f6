//! What `ops/` and the commands for packagers give: as valid as can be told without the machines they are for.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The unit's exposure may be at most this, in tenths, of 100 (0: locked away, 100: as root with everything).
const MOST_EXPOSURE: &str = "15";

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn zoned(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zoned")).args(arguments).output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn completions_of_each_shell_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = zoned(&["completions", shell]);
        let script = text(&output.stdout);
        assert!(output.status.success(), "{shell}: {}", text(&output.stderr));
        assert!(script.contains("doctor") && script.contains("process"), "{shell}");
        assert!(!script.contains("extract\n"), "{shell}: what is not for people is not offered");
    }
    assert_eq!(zoned(&["completions", "command.com"]).status.code(), Some(2));
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("man1");
    let output = zoned(&["man", "--out", out.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for page in ["zoned.1", "zoned-work.1", "zoned-process.1", "zoned-doctor.1", "zoned-worker-create.1"] {
        let page = fs::read_to_string(out.join(page)).expect(page);
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(!out.join("zoned-extract.1").exists(), "what is not for people is not described");
    let refused = zoned(&["man", "--out", "/dev/null/man1"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("/dev/null/man1"), "{}", text(&refused.stderr));
}

#[test]
#[cfg(target_os = "linux")]
fn the_systemd_unit_is_valid_and_little_exposed() {
    let folder = tempfile::tempdir().expect("a folder");
    let unit = folder.path().join("zoned.service");
    // systemd wants the program to be there, and its manual pages.
    let written = fs::read_to_string(root("ops/systemd/zoned.service"))
        .expect("the unit")
        .replace("/usr/bin/zoned", env!("CARGO_BIN_EXE_zoned"))
        .replace("Documentation=", "# Documentation=");
    fs::write(&unit, written).expect("a copy");
    let analyze = |arguments: &[&str]| {
        let output = Command::new("systemd-analyze").args(arguments).arg(&unit).output();
        let output = output.expect("systemd-analyze is missing: `make setup` as root installs it on Debian");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        (output.status.success(), said)
    };
    let (valid, said) = analyze(&["verify"]);
    assert!(valid && said.trim().is_empty(), "{said}");
    let (closed, said) = analyze(&["security", "--offline=true", &format!("--threshold={MOST_EXPOSURE}")]);
    assert!(closed, "{said}");
}

/// The resources of `ops/kubernetes`, by kind.
fn resource(file: &str) -> Value {
    let text = fs::read_to_string(root("ops/kubernetes").join(file)).expect(file);
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_kubernetes_resources_speak_of_the_same_pods() {
    let deployment = resource("deployment.yaml");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&resource("disruption-budget.yaml")["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&resource("network-policy.yaml")["spec"]["podSelector"]["matchLabels"], labels);
    let scaled = resource("keda.yaml");
    assert_eq!(scaled["spec"]["scaleTargetRef"]["name"], deployment["metadata"]["name"]);
    let listed = resource("kustomization.yaml");
    for file in fs::read_dir(root("ops/kubernetes")).expect("the folder") {
        let name = file.expect("a file").file_name().into_string().expect("UTF-8");
        let resources = listed["resources"].as_array().expect("resources");
        assert!(name == "kustomization.yaml" || resources.iter().any(|resource| *resource == name), "{name}");
    }
}

#[test]
fn the_pod_is_confined_and_has_room_for_its_children() {
    let spec = resource("deployment.yaml")["spec"]["template"]["spec"].clone();
    let container = &spec["containers"][0];
    let security = &container["securityContext"];
    assert_eq!(security["readOnlyRootFilesystem"], true);
    assert_eq!(security["allowPrivilegeEscalation"], false);
    assert_eq!(security["capabilities"]["drop"][0], "ALL");
    assert_eq!(spec["securityContext"]["runAsNonRoot"], true);

    let environment = |name: &str| {
        let all = container["env"].as_array().expect("env");
        let entry = all.iter().find(|entry| entry["name"] == name).expect(name);
        entry["value"].as_str().expect("a value").to_owned()
    };
    let port = container["ports"][0]["containerPort"].as_u64().expect("a port");
    assert!(environment("ZONED_METRICS_LISTEN").ends_with(&format!(":{port}")));
    for (probe, path) in
        [("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")]
    {
        assert_eq!(container[probe]["httpGet"]["path"], path);
        assert_eq!(container[probe]["httpGet"]["port"], container["ports"][0]["name"]);
    }
    let children: u64 = environment("ZONED_EXTRACT_PROCESSES").parse().expect("a number");
    let memory = container["resources"]["limits"]["memory"].as_str().expect("a limit");
    let gibibytes: u64 = memory.strip_suffix("Gi").expect("Gi").parse().expect("a number");
    assert!(gibibytes > children, "each child may take 1 GiB");
    let grace = spec["terminationGracePeriodSeconds"].as_u64().expect("seconds");
    assert!(grace > 20 + 10, "worker.grace_seconds, then the time to give jobs back");
}

#[test]
fn the_image_is_built_from_files_that_exist() {
    let containerfile = fs::read_to_string(root("ops/container/Containerfile")).expect("the Containerfile");
    let ignored = fs::read_to_string(root(".dockerignore")).expect("what is left out");
    let sources = containerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"));
    let mut seen = 0;
    for line in sources {
        let words: Vec<_> = line.split_whitespace().collect();
        for source in &words[..words.len() - 1] {
            seen += 1;
            assert!(root(source).exists(), "{source} is copied and does not exist");
            assert!(
                ignored
                    .lines()
                    .any(|kept| kept.strip_prefix('!').is_some_and(|kept| kept.starts_with(source))),
                "{source} is left out"
            );
        }
    }
    assert!(seen >= 6);
    assert!(containerfile.contains("USER 65532"), "it does not run as root");
}
