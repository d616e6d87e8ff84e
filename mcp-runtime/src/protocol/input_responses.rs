use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::Text;

/// `inputResponses` of a request: the client's answers by their keys, undecoded.
#[derive(Debug, Default)]
pub(crate) struct InputResponses(pub(crate) BTreeMap<String, Box<RawValue>>);

impl InputResponses {
    /// How many are read; the others are passed over. As a map, small answers take many times their
    /// bytes.
    const MAX: usize = 256;
}

impl<'de> Deserialize<'de> for InputResponses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;

        impl<'de> Visitor<'de> for First {
            type Value = InputResponses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut responses = BTreeMap::new();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    if responses.len() < InputResponses::MAX {
                        responses.insert(key.into_owned(), map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(InputResponses(responses))
            }
        }

        deserializer.deserialize_map(First)
    }
}
