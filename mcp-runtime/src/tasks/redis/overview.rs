//! What whoever runs the servers sees of their tasks.

use super::{
    RedisStore, codec,
    scripts::{Reply, number},
    text,
};
use crate::tasks::{Lease, Owner, StoreError, TaskId, TaskStatus, Timestamp};

/// A task as its operator sees it, whoever owns it: all that is kept in clear.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskOverview {
    /// The task's id.
    pub id: TaskId,
    /// Whose it is.
    pub owner: Owner,
    /// The tool that runs.
    pub tool: String,
    /// Where the task stands.
    pub status: TaskStatus,
    /// What kind of outcome it has: `result`, `tool_error` for that of a failed call, `error`, or why
    /// the store has failed it, such as `worker_lost`.
    pub outcome: Option<String>,
    /// When it was created.
    pub created: Timestamp,
    /// When its status, message or progress last changed.
    pub updated: Timestamp,
    /// When it is forgotten.
    pub expires: Timestamp,
    /// How often the tool was begun.
    pub attempts: u32,
    /// How often it may be begun.
    pub max_attempts: u32,
    /// How many of its questions have no answer.
    pub open_questions: usize,
    /// How many bytes are kept of it, as far as they are counted.
    pub bytes: usize,
    /// Who holds it.
    pub lease: Option<Lease>,
}

/// One page of what an operator sees.
#[derive(Clone, Debug)]
pub struct TaskOverviewPage {
    /// The tasks.
    pub tasks: Vec<TaskOverview>,
    /// The tasks that cannot be read.
    pub unreadable: Vec<TaskId>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<TaskId>,
}

/// For whoever runs the servers: nobody is asked whose tasks they are.
impl RedisStore {
    /// At most `limit` of all tasks, those that are kept longest first, from behind the task `after`.
    ///
    /// # Errors
    ///
    /// Only [`Unavailable`](StoreError::Unavailable).
    pub async fn overview(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<TaskOverviewPage, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let args = vec![Vec::new(), after.into_bytes(), text(limit)];
        let mut reply = self.0.run(&self.0.scripts.overview, args).await?;
        let mut page = TaskOverviewPage { tasks: Vec::new(), unreadable: Vec::new(), next: None };
        let mut last = None;
        for task in reply.items()? {
            let mut task = Reply::of_task(task)?;
            last = Some(task.id);
            match task.reply.code.as_str() {
                "ok" => match codec::read_overview(task.id, task.reply.next()?) {
                    Ok(overview) => page.tasks.push(overview),
                    Err(_) => page.unreadable.push(task.id),
                },
                // It is gone since.
                "unknown" => {}
                _ => page.unreadable.push(task.id),
            }
        }
        if number(&reply.next()?)? == 1 {
            page.next = last;
        }
        Ok(page)
    }

    /// One task.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown), [`Unreadable`](StoreError::Unreadable).
    pub async fn inspect(&self, id: TaskId) -> Result<TaskOverview, StoreError> {
        let args = vec![text(id), Vec::new(), text(1)];
        let mut reply = self.0.run(&self.0.scripts.overview, args).await?;
        let task = reply.items()?.into_iter().next().ok_or(StoreError::Unknown)?;
        let mut task = Reply::of_task(task)?;
        match task.reply.code.as_str() {
            "ok" => codec::read_overview(task.id, task.reply.next()?),
            "unknown" => Err(StoreError::Unknown),
            _ => Err(StoreError::Unreadable("its record".into())),
        }
    }

    /// Ends a task as cancelled, as [`TaskStore::cancel`](crate::tasks::TaskStore::cancel) does for its
    /// owner.
    ///
    /// # Errors
    ///
    /// [`Unknown`](StoreError::Unknown), [`Terminal`](StoreError::Terminal),
    /// [`Unreadable`](StoreError::Unreadable).
    pub async fn cancel_any(&self, id: TaskId) -> Result<(), StoreError> {
        self.0.run(&self.0.scripts.cancel_any, vec![text(id)]).await.map(drop)
    }
}
