use std::collections::{BTreeSet, HashSet};

use mcp_runtime::{FieldType, prelude::*};

const LONGEST: usize = 80;
const MOST: u32 = 12;
const FIRST: Day = Day::Saturday;

type Name = String;

#[derive(Elicit)]
#[elicit(rename_all = "camelCase")]
struct EachType {
    text: String,
    alias: Name,
    flag: bool,
    a: i8,
    b: i16,
    c: i32,
    d: i64,
    e: i128,
    f: isize,
    g: u8,
    h: u16,
    i: u32,
    j: u64,
    k: u128,
    l: usize,
    m: f32,
    n: f64,
    day: Day,
    days: Vec<Day>,
    sorted_days: BTreeSet<Day>,
    hashed_days: HashSet<Day>,
    maybe_text: Option<String>,
    maybe_day: Option<Day>,
    maybe_days: Option<Vec<Day>>,
    r#type: std::option::Option<std::primitive::u8>,
}

#[derive(Elicit)]
struct EachKey {
    #[elicit(title = "Name", description = concat!("First", " name"), rename = "first-name")]
    name: String,
    #[elicit(length = 1..=LONGEST, pattern = "^[A-Z]", default = "Anna")]
    text: String,
    #[elicit(length = ..LONGEST, format = "email")]
    maybe_text: Option<Name>,
    #[elicit(length = 5, default = Some("abcde".to_owned()))]
    fixed_text: Option<String>,
    #[elicit(range = 1..=MOST, default = 10)]
    count: u32,
    #[elicit(range = -5..-1, default = -3)]
    below: Option<i8>,
    #[elicit(range = 0..=18_446_744_073_709_551_615)]
    large: u64,
    #[elicit(range = -0.5..0.5, default = 0.25)]
    share: f32,
    #[elicit(default = None)]
    nothing: Option<f64>,
    #[elicit(default = true)]
    flag: bool,
    #[elicit(default = FIRST)]
    day: Day,
    #[elicit(default = Some(Day::Sunday))]
    maybe_day: Option<Day>,
    #[elicit(items = 1..=2, default = [Day::Sunday, FIRST])]
    days: BTreeSet<Day>,
    #[elicit(items = ..2, default = [])]
    few_days: Option<HashSet<Day>>,
    #[elicit(items = 1, default = vec![Day::Sunday])]
    one_day: Vec<Day>,
    #[elicit(not_secret)]
    token: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Elicit)]
enum Day {
    Saturday,
    /// The first day of the week, or the last.
    #[elicit(rename = "sun")]
    Sunday,
}

#[derive(Elicit)]
struct Generic<T: FieldType, U>
where
    U: FieldType,
{
    one: T,
    other: Option<U>,
}

fn forms() -> impl Elicit {
    let form = Generic::<Day, u8>::form();
    let _ = (EachType::form(), EachKey::form(), Day::form(), form);
    Day::Sunday
}

fn main() {
    let _ = forms();
}
