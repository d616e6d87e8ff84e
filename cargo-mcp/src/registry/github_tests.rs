use std::time::Duration;

use super::Pace;

fn seconds(pace: &mut Pace, error: &str) -> Option<u64> {
    pace.after(error).expect("the code lives").map(|pause| Duration::as_secs(&pause))
}

#[test]
fn the_pace_is_the_servers() {
    let mut pace = Pace::new(Some(7), Some(900));
    assert_eq!(seconds(&mut pace, "authorization_pending"), Some(7));
    assert_eq!(seconds(&mut pace, "slow_down"), Some(12));
    assert_eq!(seconds(&mut pace, "authorization_pending"), Some(12));
    assert_eq!(seconds(&mut pace, "access_denied"), None);
    assert_eq!(seconds(&mut pace, ""), None);
}

#[test]
fn a_server_that_says_nothing_or_nonsense_is_asked_every_five_seconds() {
    for interval in [None, Some(0)] {
        assert_eq!(seconds(&mut Pace::new(interval, None), "authorization_pending"), Some(5));
    }
    assert_eq!(seconds(&mut Pace::new(Some(u64::MAX), None), "slow_down"), Some(60));
}

#[test]
fn a_code_that_is_not_confirmed_expires() {
    let mut pace = Pace::new(Some(5), Some(10));
    assert_eq!(seconds(&mut pace, "authorization_pending"), Some(5));
    assert_eq!(seconds(&mut pace, "authorization_pending"), Some(5));
    assert!(pace.after("authorization_pending").is_err());
    let mut endless = Pace::new(Some(60), Some(u64::MAX));
    let answers = std::iter::repeat_with(|| endless.after("authorization_pending"));
    assert_eq!(answers.take_while(Result::is_ok).count(), 60, "at most an hour");
}
