use super::{KeyRing, Sealer, Unsealed};

fn sealer(key: u8) -> Sealer {
    Sealer::new(&KeyRing::new([key; 32]), "shop")
}

#[test]
fn what_is_sealed_opens_again() {
    let sealed = sealer(1).seal("state", "alice", b"secret").expect("sealed");
    assert!(!sealed.contains("secret"));
    assert_eq!(sealer(1).open("state", "alice", &sealed), Ok(b"secret".to_vec()));
}

#[test]
fn nothing_opens_for_another_purpose_binding_server_or_key() {
    let sealed = sealer(1).seal("state", "alice", b"secret").expect("sealed");
    assert_eq!(sealer(1).open("cursor", "alice", &sealed), Err(Unsealed));
    assert_eq!(sealer(1).open("state", "bob", &sealed), Err(Unsealed));
    assert_eq!(sealer(2).open("state", "alice", &sealed), Err(Unsealed));
    let sibling = Sealer::new(&KeyRing::new([1; 32]), "sibling");
    assert_eq!(sibling.open("state", "alice", &sealed), Err(Unsealed));
}

#[test]
fn no_changed_character_opens() {
    let sealed = sealer(1).seal("state", "alice", b"secret").expect("sealed");
    for position in 0..sealed.len() {
        for replacement in ["A", "b", "-", "="] {
            let mut changed = sealed.clone();
            changed.replace_range(position..=position, replacement);
            if changed != sealed {
                assert_eq!(sealer(1).open("state", "alice", &changed), Err(Unsealed), "{position}");
            }
        }
        assert_eq!(sealer(1).open("state", "alice", &sealed[..position]), Err(Unsealed));
    }
}

#[test]
fn a_previous_key_opens_and_the_current_one_seals() {
    let old = sealer(1).seal("state", "", b"old").expect("sealed");
    let rotated = Sealer::new(&KeyRing::new([2; 32]).with_previous([1; 32]), "shop");
    assert_eq!(rotated.open("state", "", &old), Ok(b"old".to_vec()));
    let new = rotated.seal("state", "", b"new").expect("sealed");
    assert_eq!(sealer(2).open("state", "", &new), Ok(b"new".to_vec()));
    assert_eq!(sealer(1).open("state", "", &new), Err(Unsealed));
}

#[test]
fn two_seals_of_one_text_differ() {
    let sealer = sealer(1);
    let seal = || sealer.seal("state", "", b"text").expect("sealed");
    assert_ne!(seal(), seal());
}

#[test]
fn a_ring_shows_no_key() {
    let shown = format!("{:?} {:?}", KeyRing::new([0xAB; 32]), sealer(0xAB));
    assert!(!shown.contains("171") && !shown.to_lowercase().contains("abab"), "{shown}");
}
