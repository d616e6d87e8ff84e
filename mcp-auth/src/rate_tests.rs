use std::time::Duration;

use tokio::time::advance;

use super::{Limited, Rate};

#[tokio::test(start_paused = true)]
async fn a_burst_is_free_and_then_each_waits_its_turn() {
    let rate = Rate::new(2, Duration::from_secs(1), 3, 10);
    for _ in 0..3 {
        assert_eq!(rate.take("alice"), Ok(()));
    }
    assert_eq!(rate.take("alice"), Err(Limited::Wait(Duration::from_millis(500))));
    assert_eq!(rate.check(&"alice"), Err(Limited::Wait(Duration::from_millis(500))));
    assert_eq!(rate.take("bob"), Ok(()), "another has a turn of their own");
    advance(Duration::from_millis(500)).await;
    assert_eq!(rate.check(&"alice"), Ok(()), "which takes nothing");
    assert_eq!(rate.take("alice"), Ok(()));
    assert_eq!(rate.take("alice"), Err(Limited::Wait(Duration::from_millis(500))));
    advance(Duration::from_secs(60)).await;
    for _ in 0..3 {
        assert_eq!(rate.take("alice"), Ok(()), "a pause gives back the burst and no more");
    }
    assert!(rate.take("alice").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_full_table_takes_new_keys_when_old_ones_are_through() {
    let rate = Rate::new(1, Duration::from_secs(1), 1, 2);
    assert_eq!([rate.take(1), rate.take(2), rate.take(3)], [Ok(()), Ok(()), Err(Limited::Full)]);
    advance(Duration::from_secs(1)).await;
    assert_eq!(rate.take(3), Ok(()));
    assert_eq!(rate.repaid.lock().expect("not poisoned").len(), 1);
}
