use super::{TokenCache, hash};

#[test]
fn the_table_stays_within_its_bound_and_keeps_what_is_used() {
    let cache = TokenCache::new(10);
    cache.insert(hash("used"), 0);
    for number in 1..1000 {
        cache.insert(hash(&number.to_string()), number);
        assert_eq!(cache.get(&hash("used")), Some(0));
        let halves = cache.0.lock().expect("not poisoned");
        assert!(halves.new.len() + halves.old.len() <= 10);
    }
    assert_eq!(cache.get(&hash("1")), None);
    assert_eq!(cache.get(&hash("999")), Some(999));
}

#[test]
fn a_table_for_nothing_keeps_nothing() {
    let cache = TokenCache::new(0);
    cache.insert(hash("a"), ());
    assert_eq!(cache.get(&hash("a")), None);
}
