use super::Progress;

#[test]
fn the_figures_of_a_task_are_in_its_message() {
    let figures = |message| {
        let progress = Progress::of_task(message);
        (progress.done, progress.total)
    };
    assert_eq!(figures("epoch 3/10"), (3.0, Some(10.0)));
    assert_eq!(figures("2.5 / 5 GB"), (2.5, Some(5.0)));
    assert_eq!(figures("30 % of the files"), (30.0, Some(100.0)));
    assert_eq!(figures("99.5%"), (99.5, Some(100.0)));
    assert_eq!(figures("epoch 3"), (0.0, None));
    assert_eq!(figures(""), (0.0, None));
}
