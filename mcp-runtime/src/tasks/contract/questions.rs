//! What is promised of questions and answers.

use super::{support::*, workers::join_all};
use crate::tasks::{Answer, Question, StoreError, TaskStatus, TaskStore};

fn question(key: &str) -> Question {
    Question::new(key, "elicitation/create", json(r#"{"message":"?"}"#))
}

fn answer(key: &str, value: &str) -> Answer {
    Answer { key: key.into(), value: json(value) }
}

/// A task needs input until the last question has its answer. What was not asked is passed over.
pub async fn a_question_waits_for_its_answer(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    let asked = vec![question("b"), question("a")];
    store.ask(fence, asked).await.expect("the worker holds it");
    store.ask(fence, vec![question("c")]).await.expect("the worker holds it");
    let record = get(store, fence.id).await;
    assert_eq!(record.status, TaskStatus::InputRequired);
    let open: Vec<_> = record.open_questions().map(|it| it.key.as_str()).collect();
    assert_eq!(open, ["b", "a", "c"], "in the order in which they were asked");
    let asked = record.open_questions().next().expect("there is one");
    assert_eq!((&*asked.method, asked.params.get()), ("elicitation/create", r#"{"message":"?"}"#));

    let some = vec![answer("x", "0"), answer("a", r#"{"n": 1.0}"#), answer("", "0")];
    assert_eq!(store.answer(&alice(), fence.id, some).await.expect("it is open"), ["a"]);
    assert_eq!(status(store, fence.id).await, TaskStatus::InputRequired);
    let rest = vec![answer("c", "3"), answer("a", "2"), answer("b", "4"), answer("b", "5")];
    assert_eq!(store.answer(&alice(), fence.id, rest).await.expect("it is open"), ["c", "b"]);

    let record = get(store, fence.id).await;
    assert_eq!(record.status, TaskStatus::Working);
    assert_eq!(record.open_questions().count(), 0);
    let answers = record.questions.iter().map(|it| it.answer.as_ref().expect("answered").get());
    assert_eq!(answers.collect::<Vec<_>>(), ["4", r#"{"n": 1.0}"#, "3"]);
    let none = store.answer(&alice(), fence.id, vec![answer("a", "9")]).await;
    assert!(none.expect("it is open").is_empty());
    store.finish(fence, succeeded()).await.expect("the worker holds it");
}

/// Of many answers to one question, at once, one counts.
pub async fn an_answer_is_taken_once(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    for round in 0..10 {
        let key = &format!("question {round}");
        store.ask(fence, vec![question(key)]).await.expect("the worker holds it");
        let owner = &alice();
        let answers = (0..100).map(|index| async move {
            let value = index.to_string();
            let taken = store.answer(owner, fence.id, vec![answer(key, &value)]).await;
            (value, taken.expect("it is open"))
        });
        let taken = join_all(answers).await;
        let taken: Vec<_> = taken.iter().filter(|(_, keys)| !keys.is_empty()).collect();
        assert_eq!(taken.len(), 1);
        let record = get(store, fence.id).await;
        let kept = record.questions[round].answer.as_ref().expect("it is answered");
        assert_eq!(kept.get(), taken[0].0);
    }
}

/// A body that runs again asks again; the client is not asked again.
pub async fn a_question_asked_again_keeps_its_answer(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    store.ask(fence, vec![question("a")]).await.expect("the worker holds it");
    store.answer(&alice(), fence.id, vec![answer("a", "1")]).await.expect("it is open");
    store.ask(fence, vec![question("a")]).await.expect("it is the same");
    let record = get(store, fence.id).await;
    assert_eq!(record.status, TaskStatus::Working, "nothing is open");
    assert_eq!(record.questions[0].answer.as_ref().expect("it is kept").get(), "1");
    store.ask(fence, vec![question("a"), question("b")]).await.expect("one is new");
    let record = get(store, fence.id).await;
    assert_eq!(record.status, TaskStatus::InputRequired);
    assert_eq!(record.questions.len(), 2);
}

/// Keys are unique for the life of a task (tasks extension, "Input Requests").
pub async fn a_key_has_one_question(store: &dyn TaskStore) {
    let fence = begin(store, request(&alice())).await;
    store.ask(fence, vec![question("a")]).await.expect("the worker holds it");
    store.answer(&alice(), fence.id, vec![answer("a", "1")]).await.expect("it is open");
    let other = Question::new("a", "elicitation/create", json(r#"{"message":"!"}"#));
    let method = Question::new("a", "sampling/createMessage", json(r#"{"message":"?"}"#));
    for reused in [vec![other.clone()], vec![method], vec![question("b"), other.clone()]] {
        let refused = store.ask(fence, reused).await;
        assert!(matches!(&refused, Err(StoreError::KeyReused(key)) if key == "a"), "{refused:?}");
    }
    let twice = vec![question("c"), Question { key: "c".into(), ..other }];
    assert!(matches!(store.ask(fence, twice).await, Err(StoreError::KeyReused(_))));
    let record = get(store, fence.id).await;
    assert_eq!(record.questions.len(), 1, "nothing was asked");
    assert_eq!(record.status, TaskStatus::Working);
}
