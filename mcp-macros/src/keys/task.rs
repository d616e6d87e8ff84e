//! How a tool runs as a task.

use darling::FromMeta;
use syn::{Expr, ExprLit, Ident, Lit, LitBool, Meta};

use super::{ToolKeys, ungroup, values};
use crate::ctxt::Ctxt;

/// `task`, `task = true`, `task = false`, `task = "required"` or `task = "handle"`
#[derive(PartialEq)]
pub(crate) enum Task {
    Never,
    Optional,
    Required,
    Handle,
}

/// `key = "90s"`, or an expression of type `Duration`.
pub(crate) enum Time {
    Millis(u64),
    Value(Expr),
}

impl ToolKeys {
    /// Reports keys that say how a tool runs as a task that is none.
    pub(crate) fn check_task(&self, name: &Ident, ctxt: &Ctxt) {
        if self.task.as_ref().is_some_and(|task| *task != Task::Never) {
            return;
        }
        let times = [("ttl", &self.ttl), ("poll_interval", &self.poll_interval)];
        let times = times.into_iter().chain([("time_limit", &self.time_limit)]);
        let times = times.filter(|(_, value)| value.is_some()).map(|(key, _)| key);
        let values = [("retries", &self.retries), ("concurrency", &self.concurrency)];
        let values = values.into_iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key);
        let first = self.ask_first.as_ref().filter(|flag| flag.value).map(|_| "ask_first");
        let response = self.immediate_response.as_ref().map(|_| "immediate_response");
        for key in first.into_iter().chain(times).chain(values).chain(response) {
            ctxt.error(name, format!("`{key}` is for tools with `task = true`"));
        }
    }
}

impl FromMeta for Task {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        let message = "a tool is a task with `task = true`, only as one with `task = \"required\"`, \
                       and for every client with `task = \"handle\"`";
        let value = match meta {
            Meta::Path(_) => return Ok(Self::Optional),
            Meta::NameValue(pair) => ungroup(&pair.value),
            Meta::List(_) => return Err(values::error(meta, message)),
        };
        match value {
            Expr::Lit(ExprLit { lit: Lit::Bool(LitBool { value, .. }), .. }) => {
                Ok(if *value { Self::Optional } else { Self::Never })
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value() == "required" => {
                Ok(Self::Required)
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value() == "handle" => {
                Ok(Self::Handle)
            }
            other => Err(values::error(other, message)),
        }
    }
}

impl FromMeta for Time {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        match values::expr(meta, "\"90s\"")? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => match millis(&text.value()) {
                Some(millis) => Ok(Self::Millis(millis)),
                None => Err(values::error(
                    text,
                    "a time is a number with a unit, as in \"500ms\", \"90s\", \"10m\" or \"2h\"",
                )),
            },
            Expr::Lit(literal) => Err(values::error(
                literal,
                "a time has a unit, as in \"90s\"; or it is an expression of type `Duration`",
            )),
            value => Ok(Self::Value(value)),
        }
    }
}

fn millis(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit).filter(|millis| *millis > 0)
}
