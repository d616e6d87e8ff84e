//! What servers ask, and who answers: the command line first, then the person at the terminal.

mod field;
mod terminal;

use std::{collections::VecDeque, fs};

use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema};
use serde_json::{Map, Value};
use url::Url;

use self::field::Field;
use crate::{
    cli::Answers,
    error::{Error, Result},
    table::one_line,
};

/// Answers what servers ask.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// Values for fields, by name.
    named: Map<String, Value>,
    /// Answers to the next questions.
    scripted: VecDeque<Value>,
    /// Whether a question that asks for nothing but a yes gets one.
    agrees: bool,
}

/// What a person can say at any time.
enum Reply<T> {
    Given(T),
    Declined,
    Cancelled,
}

impl Asker {
    /// # Errors
    ///
    /// When the answers cannot be read.
    pub(crate) fn new(answers: &Answers) -> Result<Self> {
        let mut asker = Self { agrees: answers.yes, ..Self::default() };
        if let Some(path) = &answers.file {
            let text = fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?;
            match serde_json::from_str(&text) {
                Ok(Value::Object(named)) => asker.named = named,
                Ok(Value::Array(scripted)) => asker.scripted = scripted.into(),
                _ => {
                    let path = path.display();
                    return Err(Error::new(format!("{path}: is no JSON object and no array")));
                }
            }
        }
        for pair in &answers.named {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Error::new(format!("`{pair}` is no NAME=VALUE")))?;
            asker.named.insert(name.into(), value.into());
        }
        Ok(asker)
    }

    /// Answers a question.
    ///
    /// # Errors
    ///
    /// When there is no answer and nobody to ask.
    pub(crate) async fn answer(&mut self, question: &ElicitRequestParams) -> Result<ElicitResult> {
        if let Some(answer) = self.scripted.pop_front() {
            let is_form = matches!(question, ElicitRequestParams::FormElicitationParams { .. });
            return scripted(answer, is_form);
        }
        match question {
            ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } => {
                self.fill_in(message, requested_schema).await
            }
            ElicitRequestParams::UrlElicitationParams { message, url, .. } => {
                self.open(message, url).await
            }
            _ => Err(Error::unanswered("the server asks in a way that is not known here")),
        }
    }

    async fn fill_in(&self, message: &str, form: &ElicitationSchema) -> Result<ElicitResult> {
        let fields = Field::all(form);
        if fields.is_empty() {
            return Ok(match self.agree(message, "Agree?").await? {
                ElicitationAction::Accept => accept(Map::new()),
                other => ElicitResult::new(other),
            });
        }
        let mut content = Map::new();
        let mut open = Vec::new();
        for field in &fields {
            match self.named.get(&field.name) {
                Some(Value::String(text)) => {
                    let value = field.read(text).map_err(|wanted| {
                        Error::new(format!("`--answer {}` is not {wanted}", field.name))
                    })?;
                    content.insert(field.name.clone(), value);
                }
                Some(value) => _ = content.insert(field.name.clone(), value.clone()),
                None => open.push(field),
            }
        }
        if !open.is_empty() && !terminal::is_there() {
            // What is given fills in a form if the rest has defaults or can be left out. Without
            // anything given, nobody has agreed to anything.
            let names = |all: bool| -> Vec<&str> {
                let needed = |it: &&&Field| all || (it.is_required && it.default.is_none());
                open.iter().filter(needed).map(|it| it.name.as_str()).collect()
            };
            let needed = names(false);
            let missing =
                if needed.is_empty() && content.is_empty() { names(true) } else { needed };
            if !missing.is_empty() {
                let options = format!("--answer {}=..", missing.join("=.. --answer "));
                return Err(unanswered(message, &options));
            }
            for field in open.drain(..) {
                content.extend(field.default.clone().map(|value| (field.name.clone(), value)));
            }
        }
        if !open.is_empty() {
            terminal::introduce(message, true)?;
        }
        for field in open {
            match terminal::ask(field).await? {
                Reply::Given(Some(value)) => _ = content.insert(field.name.clone(), value),
                Reply::Given(None) => {}
                Reply::Declined => return Ok(ElicitResult::new(ElicitationAction::Decline)),
                Reply::Cancelled => return Ok(ElicitResult::new(ElicitationAction::Cancel)),
            }
        }
        // In the order of the form, whoever has given which value.
        let order = |name: &String| fields.iter().position(|it| it.name == *name);
        let mut content: Vec<(String, Value)> = content.into_iter().collect();
        content.sort_by_key(|(name, _)| order(name));
        Ok(accept(content.into_iter().collect()))
    }

    /// Shows a web page's address. To accept is to open it; what comes of it, the server learns
    /// from the page.
    async fn open(&self, message: &str, url: &str) -> Result<ElicitResult> {
        // Its canonical form has no characters that look like others.
        let parsed = Url::parse(url).ok().filter(|it| matches!(it.scheme(), "https" | "http"));
        let parsed = parsed.ok_or_else(|| {
            Error::new(format!("the server asks to open `{}`, no web page", one_line(url)))
        })?;
        let host = parsed.host_str().unwrap_or_default();
        let message = format!("{message}\n\n  {parsed}\n");
        let question = format!("Open this page of {host} in your browser?");
        Ok(ElicitResult::new(self.agree(&message, &question).await?))
    }

    async fn agree(&self, message: &str, question: &str) -> Result<ElicitationAction> {
        if self.agrees {
            return Ok(ElicitationAction::Accept);
        }
        if !terminal::is_there() {
            return Err(unanswered(message, "--yes"));
        }
        terminal::introduce(message, false)?;
        Ok(match terminal::agree(question).await? {
            Reply::Given(()) => ElicitationAction::Accept,
            Reply::Declined => ElicitationAction::Decline,
            Reply::Cancelled => ElicitationAction::Cancel,
        })
    }
}

fn accept(content: Map<String, Value>) -> ElicitResult {
    ElicitResult::new(ElicitationAction::Accept).with_content(Value::Object(content))
}

/// The answer that a file gives to a question, which is sent as it is.
fn scripted(answer: Value, is_form: bool) -> Result<ElicitResult> {
    Ok(match answer {
        Value::Object(content) => accept(content),
        Value::String(action) if action == "accept" && is_form => accept(Map::new()),
        Value::String(action) if action == "accept" => ElicitResult::new(ElicitationAction::Accept),
        Value::String(action) if action == "decline" => {
            ElicitResult::new(ElicitationAction::Decline)
        }
        Value::String(action) if action == "cancel" => ElicitResult::new(ElicitationAction::Cancel),
        other => {
            return Err(Error::new(format!(
                "`--answers` has {other}; an answer is an object, \"accept\", \"decline\" or \
                 \"cancel\""
            )));
        }
    })
}

fn unanswered(message: &str, options: &str) -> Error {
    Error::unanswered(format!(
        "the server asks \"{}\", and there is no terminal to ask in; answer with `{options}` or \
         `--answers FILE`",
        one_line(message)
    ))
}
