//! The messages of PostgreSQL's `pgoutput` plugin, version 1, that carry rows
//! (PostgreSQL documentation, "Logical Replication Message Formats").

use std::collections::HashMap;
use std::sync::Arc;

use bytes::{Buf as _, Bytes};

/// A published table as the log describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) oid: u32,
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) columns: Vec<Column>,
}

/// A column of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) type_oid: u32,
    /// Part of the replica identity: its old value is in the log.
    pub(crate) is_key: bool,
}

/// A value in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    /// A large value that the update left alone; the log does not repeat it.
    Unchanged,
    Text(String),
}

impl Cell {
    /// The text, unless it is null or not in the log.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Unchanged => None,
        }
    }
}

/// The values of a row, in the order of the relation's columns.
pub(crate) type Row = Vec<Cell>;

/// What happened to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    Insert {
        new: Row,
    },
    /// `old` is there for replica identity FULL, or when the key changed.
    Update {
        old: Option<Row>,
        new: Row,
    },
    Delete {
        old: Row,
    },
}

/// A change of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowChange {
    pub(crate) relation: Arc<Relation>,
    pub(crate) operation: Operation,
}

/// The log sent something that is no message of the protocol.
#[derive(Debug, thiserror::Error)]
#[error("a message of the log cannot be read")]
pub(crate) struct Unreadable;

/// Reads messages; remembers the tables they refer to.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    relations: HashMap<u32, Arc<Relation>>,
}

impl Decoder {
    /// The change a message carries, if it carries one.
    pub(crate) fn decode(&mut self, message: Bytes) -> Result<Option<RowChange>, Unreadable> {
        let mut reader = Reader(message);
        match reader.byte()? {
            b'R' => {
                let relation = reader.relation()?;
                self.relations.insert(relation.oid, Arc::new(relation));
                Ok(None)
            }
            kind @ (b'I' | b'U' | b'D') => {
                let oid = reader.word()?;
                let relation = self.relations.get(&oid).cloned().ok_or(Unreadable)?;
                let operation = reader.operation(kind)?;
                Ok(Some(RowChange { relation, operation }))
            }
            _ => Ok(None),
        }
    }
}

struct Reader(Bytes);

impl Reader {
    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.0.try_get_u8().map_err(|_| Unreadable)
    }

    fn count(&mut self) -> Result<usize, Unreadable> {
        self.0.try_get_u16().map(usize::from).map_err(|_| Unreadable)
    }

    fn word(&mut self) -> Result<u32, Unreadable> {
        self.0.try_get_u32().map_err(|_| Unreadable)
    }

    /// Text that ends with a zero byte.
    fn name(&mut self) -> Result<String, Unreadable> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or(Unreadable)?;
        let name = self.0.split_to(end);
        self.0.advance(1);
        String::from_utf8(name.into()).map_err(|_| Unreadable)
    }

    fn relation(&mut self) -> Result<Relation, Unreadable> {
        let oid = self.word()?;
        let (schema, table) = (self.name()?, self.name()?);
        let _replica_identity = self.byte()?;
        let columns = (0..self.count()?).map(|_| self.column()).collect::<Result<_, _>>()?;
        Ok(Relation { oid, schema, table, columns })
    }

    fn column(&mut self) -> Result<Column, Unreadable> {
        let is_key = self.byte()? & 1 == 1;
        let name = self.name()?;
        let type_oid = self.word()?;
        let _type_modifier = self.word()?;
        Ok(Column { name, type_oid, is_key })
    }

    fn operation(&mut self, kind: u8) -> Result<Operation, Unreadable> {
        let mut old = None;
        loop {
            match (kind, self.byte()?) {
                (b'I', b'N') => return Ok(Operation::Insert { new: self.row()? }),
                (b'U', b'N') => return Ok(Operation::Update { old, new: self.row()? }),
                (b'U', b'K' | b'O') if old.is_none() => old = Some(self.row()?),
                (b'D', b'K' | b'O') => return Ok(Operation::Delete { old: self.row()? }),
                _ => return Err(Unreadable),
            }
        }
    }

    fn row(&mut self) -> Result<Row, Unreadable> {
        (0..self.count()?).map(|_| self.cell()).collect()
    }

    fn cell(&mut self) -> Result<Cell, Unreadable> {
        match self.byte()? {
            b'n' => Ok(Cell::Null),
            b'u' => Ok(Cell::Unchanged),
            b't' => {
                let length = usize::try_from(self.word()?).map_err(|_| Unreadable)?;
                if length > self.0.len() {
                    return Err(Unreadable);
                }
                let text = self.0.split_to(length);
                String::from_utf8(text.into()).map(Cell::Text).map_err(|_| Unreadable)
            }
            _ => Err(Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RELATION: &[u8] = b"R\0\0\0\x07public\0notes\0f\0\x02\x01id\0\0\0\0\x14\xff\xff\xff\xff\0body\0\0\0\0\x19\xff\xff\xff\xff";

    fn decoder() -> Decoder {
        let mut decoder = Decoder::default();
        assert!(decoder.decode(Bytes::from_static(RELATION)).unwrap().is_none());
        decoder
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn an_insert_refers_to_the_table_described_before() {
        let change =
            decoder().decode(Bytes::from_static(b"I\0\0\0\x07N\0\x02t\0\0\0\x0212n")).unwrap().unwrap();
        assert_eq!((change.relation.schema.as_str(), change.relation.table.as_str()), ("public", "notes"));
        assert_eq!(
            change.relation.columns.iter().map(|column| column.is_key).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(change.operation, Operation::Insert { new: vec![text("12"), Cell::Null] });
    }

    #[test]
    fn an_update_may_bring_the_old_row() {
        let message = b"U\0\0\0\x07O\0\x02t\0\0\0\x011t\0\0\0\x01aN\0\x02t\0\0\0\x011u";
        let change = decoder().decode(Bytes::from_static(message)).unwrap().unwrap();
        let old = Some(vec![text("1"), text("a")]);
        assert_eq!(change.operation, Operation::Update { old, new: vec![text("1"), Cell::Unchanged] });
    }

    #[test]
    fn a_change_of_an_unknown_table_is_unreadable() {
        assert!(Decoder::default().decode(Bytes::from_static(b"I\0\0\0\x07N\0\0")).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), kind in "[RIUD]") {
            let mut message = kind.into_bytes();
            message.extend([0, 0, 0, 7]);
            message.extend(bytes);
            let _ = decoder().decode(message.into());
        }
    }
}
