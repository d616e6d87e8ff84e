use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{context::Context, primitives::Error};

impl Context {
    /// Does something once, however often the function runs.
    ///
    /// In 2026-07-28 a function that asks something runs again from its start when the answer is
    /// there. What `work` gives is kept with the answers, and later runs get it from there. An
    /// error is not kept: the next run tries again.
    ///
    /// It is kept by the client, sealed. If the client never gets the server's reply, or sends an
    /// older request again, `work` is done once more: for what must not happen twice, give the
    /// other side an [`idempotency_key`](Self::idempotency_key).
    ///
    /// # Errors
    ///
    /// Those of `work`; and when a second step of the call has the same name, or the value cannot be
    /// written as JSON and read again.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// # async fn charge(amount: u32) -> Result<String> { Ok("receipt".into()) }
    /// /// Buy something.
    /// #[mcp_tool]
    /// async fn buy(amount: u32, ctx: Context) -> Result<String> {
    ///     let receipt = ctx.step("charge", || charge(amount)).await?;
    ///     let gift = ctx.confirm("Wrap it as a gift?").await?;
    ///     Ok(format!("{receipt}, gift: {gift}"))
    /// }
    /// ```
    pub async fn step<T, E, F, Fut>(&self, name: &str, work: F) -> Result<T, Error>
    where
        T: Serialize + DeserializeOwned,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let effects = &self.info().effects;
        let name = &self.scoped(name);
        if let Some(done) = effects.begin_step(name)? {
            return read(name, &done);
        }
        let value = work().await.map_err(|error| Error::from_boxed(error.into()))?;
        let json = serde_json::value::to_raw_value(&value).map_err(Error::internal)?;
        effects.finish_step(name, json)?;
        effects.persist().await?;
        Ok(value)
    }

    /// From here on the function is a task, where its tool is declared with `ask_first` and the client
    /// knows tasks: the client gets its task now, and the function goes on from its start with all
    /// that it has asked and done. Otherwise nothing happens.
    ///
    /// # Errors
    ///
    /// When the call is over.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// /// Delete a lot of files.
    /// #[mcp_tool(task = true, ask_first)]
    /// async fn wipe(folder: String, ctx: Context) -> Result<String> {
    ///     if !ctx.confirm(format!("Delete {folder}?")).await? {
    ///         return Ok("kept".into());
    ///     }
    ///     ctx.start_task().await?;
    ///     Ok("deleted".into())
    /// }
    /// ```
    pub async fn start_task(&self) -> Result<(), Error> {
        let effects = &self.info().effects;
        if effects.want_task() {
            return Err(effects.ended().await);
        }
        Ok(())
    }

    /// A text that is the same whenever this call comes to this point, in every round and every
    /// repetition, and that no other call has: for systems that do a thing once for each such key.
    ///
    /// # Errors
    ///
    /// When the operating system gives no random bytes, or the call is over.
    ///
    /// ```
    /// use mcp_runtime::prelude::*;
    ///
    /// # async fn pay(amount: u32, key: &str) -> Result<String> { Ok("receipt".into()) }
    /// /// Buy something.
    /// #[mcp_tool]
    /// async fn buy(amount: u32, ctx: Context) -> Result<String> {
    ///     let key = ctx.idempotency_key("charge")?;
    ///     ctx.step("charge", || pay(amount, &key)).await
    /// }
    /// ```
    pub fn idempotency_key(&self, name: &str) -> Result<String, Error> {
        self.info().effects.idempotency_key(&self.scoped(name))
    }
}

fn read<T: DeserializeOwned>(name: &str, value: &RawValue) -> Result<T, Error> {
    serde_json::from_str(value.get())
        .map_err(|error| Error::internal(format!("the value of step `{name}`: {error}")))
}
