use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use super::Checked;

/// Parses JSON in which no object has two members of one name.
pub(super) fn parse(bytes: &[u8]) -> Checked<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Distinct.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Looks into objects and arrays; scalars are as `serde_json` reads them.
struct Distinct;

impl<'de> DeserializeSeed<'de> for Distinct {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let mut inner = serde_json::Deserializer::from_str(raw);
        let value = match raw.as_bytes().first() {
            Some(b'{') => inner.deserialize_map(Distinct),
            Some(b'[') => inner.deserialize_seq(Distinct),
            _ => Value::deserialize(&mut inner),
        };
        value.map_err(D::Error::custom)
    }
}

impl<'de> Visitor<'de> for Distinct {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Distinct)?;
            if members.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("an object has two members `{name}`")));
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = array.next_element_seed(Distinct)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }
}
