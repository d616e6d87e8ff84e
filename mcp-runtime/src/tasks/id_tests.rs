use super::*;

#[test]
fn an_id_has_one_name() {
    let id = TaskId::random().expect("random bytes");
    let name = id.to_string();
    assert_eq!(name.parse(), Ok(id));
    for other in [
        name.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"),
        format!("0{name}"),
        format!("+{}", &name[1..]),
        format!(" {}", &name[1..]),
        name[1..].to_owned(),
        "\u{ff10}".repeat(32),
        String::new(),
    ] {
        assert_eq!(other.parse::<TaskId>(), Err(InvalidTaskId), "{other}");
    }
    assert_eq!(TaskId(7).to_string(), "00000000000000000000000000000007");
}

#[test]
fn ids_have_128_random_bits() {
    let ids: Vec<u128> = (0..200).map(|_| TaskId::random().expect("random bytes").0).collect();
    for bit in 0..128 {
        let ones = ids.iter().filter(|id| *id >> bit & 1 == 1).count();
        // Beyond seven standard deviations.
        assert!((50..=150).contains(&ones), "bit {bit} is set in {ones} of 200");
    }
}
