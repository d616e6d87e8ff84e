//! `cargo mcp tasks`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::error::Result;

#[derive(Debug, Subcommand)]
pub(crate) enum Tasks {
    /// Tell the tasks of all callers, those that are kept longest first.
    List(List),
    /// Tell all that can be told of a task without the keys of its server.
    Show(One),
    /// End a task as cancelled.
    Cancel(One),
}

/// Where the tasks are.
#[derive(Debug, Args)]
pub(crate) struct Backend {
    /// The Redis or Valkey server, as in `redis://127.0.0.1:6379`: what the MCP server has as its
    /// backend.
    #[arg(long, value_name = "URL", env = "MCP_BACKEND", hide_env_values = true)]
    pub(crate) backend: String,
    /// The name of the MCP server.
    #[arg(long, value_name = "NAME")]
    pub(crate) server: String,
    /// Tell it as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) backend: Backend,
    /// Only those with this status, as in `working`.
    #[arg(long, value_name = "STATUS", value_parser = STATUSES)]
    pub(crate) status: Option<String>,
    /// How many at most.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    pub(crate) limit: usize,
}

const STATUSES: [&str; 5] = ["working", "input_required", "completed", "failed", "cancelled"];

#[derive(Debug, Args)]
pub(crate) struct One {
    /// The task.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) backend: Backend,
}

#[cfg(not(feature = "tasks"))]
pub(crate) async fn run(_: &Tasks) -> Result<ExitCode> {
    Err(crate::error::Error::new(
        "this program was built without the feature `tasks`: \
         `cargo install mcp-runtime-cli --features tasks`",
    ))
}

#[cfg(feature = "tasks")]
pub(crate) async fn run(tasks: &Tasks) -> Result<ExitCode> {
    match tasks {
        Tasks::List(arguments) => on_redis::list(arguments).await,
        Tasks::Show(arguments) => on_redis::show(arguments).await,
        Tasks::Cancel(arguments) => on_redis::cancel(arguments).await,
    }
}

#[cfg(feature = "tasks")]
mod on_redis {
    use std::{
        io::{self, Write as _},
        process::ExitCode,
    };

    use mcp_runtime::tasks::{Owner, RedisStore, StoreError, TaskId, TaskOverview};
    use serde_json::{Value, json};

    use super::{Backend, List, One};
    use crate::{
        error::{Error, Result},
        table::{Table, one_line},
    };

    /// How many are asked for at once.
    const PAGE: usize = 100;

    pub(super) async fn list(arguments: &List) -> Result<ExitCode> {
        let store = open(&arguments.backend)?;
        let wanted = |task: &TaskOverview| {
            arguments.status.as_deref().is_none_or(|status| task.status.as_str() == status)
        };
        let (mut tasks, mut unreadable, mut after) = (Vec::new(), Vec::new(), None);
        while tasks.len() < arguments.limit {
            let page = store.overview(after, PAGE).await.map_err(refused)?;
            tasks.extend(page.tasks.into_iter().filter(wanted));
            unreadable.extend(page.unreadable);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        tasks.truncate(arguments.limit);
        let mut out = io::stdout();
        if arguments.backend.json {
            let tasks: Vec<Value> = tasks.iter().map(to_json).collect();
            let unreadable: Vec<String> = unreadable.iter().map(ToString::to_string).collect();
            writeln!(out, "{:#}", json!({ "tasks": tasks, "unreadable": unreadable }))?;
        } else {
            writeln!(out, "{}", table(&tasks))?;
            for id in unreadable {
                writeln!(out, "{id}  cannot be read by this version")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn show(arguments: &One) -> Result<ExitCode> {
        let task = open(&arguments.backend)?.inspect(id(arguments)?).await.map_err(refused)?;
        let json = to_json(&task);
        let mut out = io::stdout();
        if arguments.backend.json {
            writeln!(out, "{json:#}")?;
        } else {
            for (name, value) in json.as_object().into_iter().flatten() {
                let value = match value {
                    Value::String(text) => one_line(text),
                    value => value.to_string(),
                };
                writeln!(out, "{name:<14}{value}")?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn cancel(arguments: &One) -> Result<ExitCode> {
        let id = id(arguments)?;
        open(&arguments.backend)?.cancel_any(id).await.map_err(refused)?;
        let mut out = io::stdout();
        if arguments.backend.json {
            writeln!(out, "{:#}", json!({ "id": id, "status": "cancelled" }))?;
        } else {
            writeln!(out, "cancelled {id}")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn open(backend: &Backend) -> Result<RedisStore> {
        let store = RedisStore::builder(&backend.backend).prefix(&backend.server).build();
        store.map_err(|error| Error::new(error.to_string()))
    }

    fn id(arguments: &One) -> Result<TaskId> {
        arguments.id.parse().map_err(|error| Error::new(format!("`{}`: {error}", arguments.id)))
    }

    fn refused(error: StoreError) -> Error {
        Error::new(match error {
            StoreError::Unknown => "there is no such task, or its time is over".into(),
            StoreError::Unavailable { cause, .. } => format!("the backend: {cause}"),
            error => error.to_string(),
        })
    }

    fn owner(owner: &Owner) -> String {
        match owner {
            Owner::Principal { issuer, subject, client } => {
                let client = client.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
                format!("{subject} of {issuer}{client}")
            }
            Owner::Anonymous => "anonymous".into(),
            Owner::Process => "the client on stdio".into(),
            _ => "someone".into(),
        }
    }

    fn table(tasks: &[TaskOverview]) -> Table {
        let mut table = Table::new(["TASK", "TOOL", "STATUS", "CREATED", "OWNER"]);
        for task in tasks {
            let created = task.created.to_string();
            let (id, owner) = (task.id.to_string(), owner(&task.owner));
            table.row([&id, &task.tool, task.status.as_str(), &created, &owner]);
        }
        table
    }

    fn to_json(task: &TaskOverview) -> Value {
        let lease = task.lease.as_ref();
        json!({
            "id": task.id,
            "tool": task.tool,
            "owner": owner(&task.owner),
            "status": task.status,
            "outcome": task.outcome,
            "created": task.created.to_string(),
            "updated": task.updated.to_string(),
            "expires": task.expires.to_string(),
            "attempts": task.attempts,
            "maxAttempts": task.max_attempts,
            "openQuestions": task.open_questions,
            "bytes": task.bytes,
            "worker": lease.map(|it| &it.worker),
            "leaseUntil": lease.map(|it| it.until.to_string()),
        })
    }
}
