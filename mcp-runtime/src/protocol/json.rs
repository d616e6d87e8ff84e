//! Writing JSON into a byte buffer, member by member.

use serde::Serialize;

fn write_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Only a map with keys that are no strings, or a failing `Serialize`, can fail here. The
    // protocol's own types do neither; an author's value is serialised before it comes here.
    if let Err(error) = serde_json::to_writer(&mut *out, value) {
        debug_assert!(false, "a protocol type failed to serialise: {error}");
        out.extend_from_slice(b"null");
    }
}

/// Writes one JSON object or array, with its commas.
pub(crate) struct JsonWriter<'a> {
    out: &'a mut Vec<u8>,
    close: u8,
    empty: bool,
}

impl<'a> JsonWriter<'a> {
    pub(crate) fn object(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, close: b'}', empty: true }
    }

    pub(crate) fn array(out: &'a mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { out, close: b']', empty: true }
    }

    fn comma(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
    }

    /// The key of the next member; its value goes to the returned buffer. `key` needs no escape.
    pub(crate) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    pub(crate) fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        write_json(self.key(key), value);
    }

    /// A member whose key is not the protocol's own and may need escapes.
    pub(crate) fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        self.comma();
        write_json(self.out, key);
        self.out.push(b':');
        write_json(self.out, value);
    }

    pub(crate) fn optional<T: Serialize + ?Sized>(&mut self, key: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.member(key, value);
        }
    }

    /// A member whose value is JSON already.
    pub(crate) fn raw(&mut self, key: &str, json: &[u8]) {
        self.key(key).extend_from_slice(json);
    }

    pub(crate) fn object_at(&mut self, key: &str) -> JsonWriter<'_> {
        JsonWriter::object(self.key(key))
    }

    pub(crate) fn array_at(&mut self, key: &str) -> JsonWriter<'_> {
        JsonWriter::array(self.key(key))
    }

    /// The next item of an array; it goes to the returned buffer.
    pub(crate) fn item(&mut self) -> &mut Vec<u8> {
        self.comma();
        self.out
    }

    pub(crate) fn end(self) {
        self.out.push(self.close);
    }
}
