//! Forms from the outside: what clients of each revision are told, and what becomes of answers.

mod answers;
#[cfg(all(feature = "chrono", feature = "time", feature = "url", feature = "uuid"))]
mod external;
mod schemas;

use std::collections::BTreeSet;

use serde_json::{Value, value::RawValue};

use crate::{self as mcp_runtime, Elicit, FieldType, FormAnswer, FormFaults};

/// One field of each kind, with each key.
#[derive(Debug, PartialEq, crate::Elicit)]
#[elicit(crate = mcp_runtime)]
struct Booking {
    /// Who comes.
    ///
    /// As it is on the passport.
    #[elicit(title = "Name", length = 2..=10, pattern = "^[A-Z]")]
    name: String,
    #[elicit(format = "email")]
    contact: Option<String>,
    #[elicit(default = "2026-12-26", format = "date", description = concat!("Which ", "day."))]
    date: String,
    #[elicit(range = 1..=12, default = 2)]
    guests: u8,
    #[elicit(range = -1.5..1.5)]
    offset: Option<f64>,
    window: bool,
    #[elicit(default = false)]
    child_seat: bool,
    #[elicit(default = Seating::Inside)]
    seating: Seating,
    menu: Option<Menu>,
    #[elicit(items = 1..=2, rename = "extra-wishes")]
    extras: BTreeSet<Extra>,
    #[elicit(default = [Menu::Small])]
    more: Vec<Menu>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, crate::Elicit)]
#[elicit(crate = mcp_runtime, rename_all = "snake_case")]
enum Seating {
    /// In the house
    ///
    /// It is warm there.
    Inside,
    #[elicit(title = "On the terrace", rename = "terrace")]
    Outside,
    BesideTheBar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, crate::Elicit)]
#[elicit(crate = mcp_runtime)]
enum Menu {
    Small,
    Large,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, crate::Elicit)]
#[elicit(crate = mcp_runtime)]
enum Extra {
    /// Flowers
    Flowers,
    /// A cake
    Cake,
    /// Music
    Music,
}

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).expect("the test writes JSON")
}

/// What comes of the content of an accepted answer.
fn read<T: Elicit>(content: &Value) -> Result<T, FormFaults> {
    read_json(&content.to_string())
}

fn read_json<T: Elicit>(content: &str) -> Result<T, FormFaults> {
    let answer: FormAnswer = T::form().check(Some(&raw(content)))?;
    T::from_answer(&answer)
}
