//! What servers ask in `cargo mcp call`, in either era: with an answer on the command line, in a
//! file, and in the terminal; and tasks, which are looked at until they end.

use mcp_runtime::prelude::*;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::{Place, Ran, terminal::Terminal};
use crate::{example, fixture};

const ERAS: [&str; 2] = ["session", "stateless"];

fn program(name: &str) -> String {
    example::program(name).to_str().expect("a path").to_owned()
}

fn call(place: &Place, server: &str, era: &str, arguments: &[&str]) -> Ran {
    let program = program(server);
    place.run(&[&["call"], arguments, &["--era", era, "--", &program]].concat())
}

fn in_terminal(place: &Place, server: &str, era: &str, arguments: &[&str]) -> Terminal {
    let program = program(server);
    let line = [&["call"], arguments, &["--era", era, "--", &program]].concat();
    Terminal::start(place.command(&line))
}

const BOOK: [&str; 3] = ["book_table", "date=2026-12-24", "party_size=4"];
const BOOKED: &str = "a table for 4 is booked on 2026-12-26, with a reminder";

#[test]
fn answers_are_given_by_the_names_of_fields() {
    for era in ERAS {
        let answers = ["--answer", "check_alternative=yes", "--answer", "seating=inside", "--yes"];
        let booked = call(&Place::new(), "booking", era, &[&BOOK[..], &answers].concat());
        assert_eq!((booked.code, booked.stdout.trim_end()), (Some(0), BOOKED), "{booked:?}");
    }
}

#[test]
fn answers_are_in_a_file_by_name_or_in_their_order() {
    let by_name = json!({ "check_alternative": true, "seating": "2" });
    let form = json!({
        "check_alternative": true, "alternative_date": "2026-12-27", "seating": "inside",
    });
    let place = Place::new();
    for era in ERAS {
        let ask = |answers: &Value| {
            place.write("answers.json", &answers.to_string());
            let file = ["--answers", "answers.json"];
            call(&place, "booking", era, &[&BOOK[..], &file].concat())
        };
        let unsure = ask(&by_name);
        assert_eq!(unsure.code, Some(4), "a yes is not among the names: {unsure:?}");
        assert!(unsure.stderr.contains("`--yes`"), "{unsure:?}");
        let booked = ask(&json!([form, "accept", "decline"]));
        let expected = "a table for 4 is booked on 2026-12-27, without a reminder";
        assert_eq!(booked.stdout.trim_end(), expected, "{booked:?}");
        assert_eq!(ask(&json!(["cancel"])).stdout.trim_end(), "nothing is booked");
        let wrong = ask(&json!([7]));
        assert_eq!(wrong.code, Some(1));
        assert!(wrong.stderr.contains("`--answers` has 7"), "{wrong:?}");
    }
}

#[test]
fn without_a_terminal_an_open_question_is_an_error_with_its_own_code() {
    for era in ERAS {
        let open = call(&Place::new(), "booking", era, &BOOK);
        assert_eq!((open.code, open.stdout.as_str()), (Some(4), ""), "{open:?}");
        for wanted in
            ["No table for 4 on 2026-12-24", "--answer check_alternative=.. --answer seating=.."]
        {
            assert!(open.stderr.contains(wanted), "{wanted}: {open:?}");
        }
        // As a task, in either protocol for them.
        let open = call(&Place::new(), "release", era, &["release_model"]);
        assert_eq!((open.code, open.stdout.as_str()), (Some(4), ""), "{open:?}");
    }
}

#[test]
fn an_answer_that_does_not_fit_its_field_is_told() {
    let wrong = ["release_model", "--answer", "name=a", "--answer", "purpose=3"];
    let wrong = call(&Place::new(), "release", "auto", &wrong);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.stderr.contains("`--answer purpose` is not one of Testing, Production"));
}

#[test]
fn a_form_is_filled_in_in_the_terminal() {
    for era in ERAS {
        let mut terminal = in_terminal(&Place::new(), "release", era, &["release_model"]);
        terminal.sees("The server asks: How to release it?");
        terminal.sees("The name of the model.\r\nname: ");
        terminal.types("\n");
        terminal.sees("It has to be at least 1 characters.");
        terminal.types("small\n");
        terminal.sees("copies (1-9) [1]: ");
        terminal.types("12\n");
        terminal.sees("It has to be at most 9 as a number.");
        terminal.types("\n");
        terminal.sees("  1) Testing\r\n  2) Production\r\npurpose (1-2): ");
        terminal.types("2\n");
        terminal.sees("Tell the team?\r\nannounce (y/n) [y]: ");
        terminal.types("n\n");
        terminal.sees("1 of small are released for Production, the team is not told");
        assert_eq!(terminal.code(), Some(0));
    }
}

#[test]
fn a_form_can_be_refused_and_closed_in_the_terminal() {
    for era in ERAS {
        // Ctrl-D closes the input.
        for typed in [":decline\n", ":cancel\n", "\u{4}"] {
            let mut terminal = in_terminal(&Place::new(), "booking", era, &BOOK);
            terminal.sees("check_alternative (y/n): ");
            terminal.types(typed);
            terminal.sees("nothing is booked");
            assert_eq!(terminal.code(), Some(0));
        }
    }
}

#[test]
fn nothing_but_a_yes_is_one() {
    for era in ERAS {
        let answers = ["check_alternative=y", "alternative_date=2026-12-26", "seating=1"]
            .map(|it| ["--answer", it]);
        let answers = [&BOOK[..], &answers.concat()].concat();
        let mut terminal = in_terminal(&Place::new(), "booking", era, &answers);
        terminal.sees("Agree? (y/n) ");
        terminal.types("\n");
        terminal.sees("Agree? (y/n) ");
        terminal.types("y\n");
        terminal.sees("Agree? (y/n) ");
        terminal.types("n\n");
        terminal.sees("without a reminder");
        assert_eq!(terminal.code(), Some(0));
    }
}

#[test]
fn while_the_user_thinks_nobody_waits_for_the_server() {
    for era in ERAS {
        let line = [&BOOK[..], &["--timeout", "1"]].concat();
        let mut terminal = in_terminal(&Place::new(), "booking", era, &line);
        terminal.sees("check_alternative (y/n): ");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        terminal.types(":decline\n");
        terminal.sees("nothing is booked");
        assert_eq!(terminal.code(), Some(0));
    }
}

#[test]
fn a_task_is_looked_at_until_it_ends() {
    let trained = call(&Place::new(), "release", "stateless", &["train_model", "epochs=2"]);
    assert_eq!((trained.code, trained.stdout.as_str()), (Some(0), "trained for 2 epochs\n"));
    assert!(trained.stderr.contains("progress 2/2 epoch 2/2"), "{trained:?}");
    let result = call(&Place::new(), "release", "auto", &["train_model", "epochs=1", "--json"]);
    let result: Value = serde_json::from_str(&result.stdout).expect("JSON alone");
    assert_eq!(result["content"][0]["text"], "trained for 1 epochs");
}

#[test]
fn progress_is_a_bar_in_the_terminal() {
    for era in ERAS {
        let mut terminal = in_terminal(&Place::new(), "release", era, &["train_model", "epochs=4"]);
        terminal.sees("25% epoch 1/4");
        terminal.sees("trained for 4 epochs");
        assert_eq!(terminal.code(), Some(0));
    }
}

#[test]
fn ctrl_c_cancels_a_call() {
    for era in ERAS {
        let line = ["train_model", "epochs=1000"];
        let mut terminal = in_terminal(&Place::new(), "release", era, &line);
        terminal.sees("epoch 1/1000");
        terminal.interrupts();
        terminal.sees("cancelled");
        assert_eq!(terminal.code(), Some(130));
    }
}

#[test]
fn ctrl_c_ends_a_question() {
    let mut terminal = in_terminal(&Place::new(), "release", "auto", &["release_model"]);
    terminal.sees("name: ");
    terminal.interrupts();
    terminal.sees("cancelled");
    assert_eq!(terminal.code(), Some(130));
}

/// Pay in the browser, within a moment.
#[mcp_tool]
async fn pay(ctx: Context) -> Result<String> {
    let page = |id: &str| format!("https://pay.example.com/{id}");
    let moment = std::time::Duration::from_millis(1);
    Ok(format!("{:?}", ctx.elicit_url("Please pay $5", page).timeout(moment).await?))
}

#[tokio::test]
async fn a_web_page_is_shown_and_opened_by_nobody_but_the_user() {
    let served = fixture::serve_with(|server| server.tools(tools![pay])).await;
    let url = format!("http://{}/mcp", served.address);
    for era in ERAS {
        let url = url.clone();
        let tried = spawn_blocking(move || {
            let place = Place::new();
            let line = ["call", "pay", "--era", era, "--url", &url];
            let open = place.run(&line);
            assert_eq!(open.code, Some(4), "{open:?}");
            assert!(open.stderr.contains("\"Please pay $5 https://pay.example.com/"), "{open:?}");
            let agreed = place.run(&[&line[..], &["--yes"]].concat());
            assert_eq!(agreed.stdout, "TimedOut\n", "{agreed:?}");
            let mut terminal = Terminal::start(place.command(&line));
            terminal.sees("The server asks: Please pay $5");
            terminal.sees("  https://pay.example.com/");
            terminal.sees("Open this page of pay.example.com in your browser? (y/n) ");
            terminal.types("n\n");
            terminal.sees("Declined");
            assert_eq!(terminal.code(), Some(0));
        });
        tried.await.expect("it went well");
    }
}
