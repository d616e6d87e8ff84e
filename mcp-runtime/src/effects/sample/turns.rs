//! A talk with a model, turn by turn.

use std::time::Duration;

use serde_json::value::RawValue;
use tokio::time::timeout;

use super::{ModelMessage, ModelRequest, OwnModel, ToolChoice, answer::Turn, tools::Toolbox};
use crate::{
    context::Context,
    effects::{AskError, Question, state::Key},
    primitives::{Error, PromptResult, Result, Tool},
    protocol::{ClientCapability, Revision, Role},
};

pub(super) struct Talk<'a> {
    ctx: &'a Context,
    request: ModelRequest,
    toolbox: Toolbox,
    key: String,
    patience: Option<Duration>,
    max_turns: u32,
}

impl<'a> Talk<'a> {
    pub(super) fn new(
        ctx: &'a Context,
        prompt: PromptResult,
        mut request: ModelRequest,
        tools: Vec<Tool>,
        key: Key,
        patience: Option<Duration>,
        max_turns: u32,
    ) -> Result<Self> {
        // What the client does not see needs not be as old as the client.
        let asks_client = ctx.client_capabilities().sampling();
        let revision = if asks_client { ctx.revision() } else { Revision::LATEST };
        for message in &prompt.messages {
            request.messages.push(ModelMessage::from_prompt(message, revision)?);
        }
        let toolbox = Toolbox::new(tools, revision)?;
        request.tools = toolbox.describe();
        let mut talk = Self { ctx, request, toolbox, key: String::new(), patience, max_turns };
        talk.key = ctx.question_key(key, &talk.question()?)?;
        Ok(talk)
    }

    pub(super) fn say(&mut self, role: Role, text: impl Into<String>) {
        self.request.messages.push(ModelMessage::text(role, text));
    }

    /// The model's answer, when it calls no more tools.
    pub(super) async fn answer(&mut self) -> Result<Turn> {
        if self.toolbox.is_empty() {
            return self.turn(self.key.clone()).await;
        }
        for number in 1..=self.max_turns {
            if number == self.max_turns {
                self.request.tool_choice = ToolChoice::None;
            }
            let key = format!("{}/{number}", self.key);
            let turn = self.turn(key.clone()).await?;
            if turn.calls.is_empty() {
                return Ok(turn);
            }
            if number < self.max_turns {
                let results = self.toolbox.run(self.ctx, &key, &turn.calls).await?;
                self.request.messages.push(ModelMessage::new(Role::Assistant, turn.blocks));
                self.request.messages.push(ModelMessage::new(Role::User, results));
            }
        }
        Err(AskError::TooManyTurns(self.max_turns).into())
    }

    /// Asks once more, about an answer.
    pub(super) async fn repair(&mut self, turn: Turn, fault: &str) -> Result<Turn> {
        self.request.messages.push(ModelMessage::new(Role::Assistant, turn.blocks));
        self.say(Role::User, fault);
        self.request.tool_choice = ToolChoice::None;
        self.turn(format!("{}/repair", self.key)).await
    }

    fn question(&self) -> Result<Question, Error> {
        let client = self.ctx.client_capabilities();
        Ok(Question {
            method: "sampling/createMessage".into(),
            params: self.request.to_params(self.ctx.revision(), client)?,
            needs: if self.toolbox.is_empty() {
                ClientCapability::Sampling
            } else {
                ClientCapability::SamplingTools
            },
        })
    }

    async fn turn(&self, key: String) -> Result<Turn> {
        let question = self.question()?;
        let effects = &self.ctx.info().effects;
        if let Some(model) = self.ctx.state::<OwnModel>() {
            let step = format!("sample {key} {}", question.fingerprint().short());
            if let Some(answer) = effects.step(&step)? {
                return self.read_own(&answer);
            }
            // A client that has answered before the model was needed is not asked twice.
            if !self.ctx.client_capabilities().has(question.needs) && !effects.has_answer(&key)? {
                effects.enter(&key, &question)?;
                let answer = self.ask_own(&model).await?;
                let turn = self.read_own(&answer)?;
                effects.finish_step(&step, answer)?;
                return Ok(turn);
            }
        }
        let read = |answer: &RawValue| Turn::read(answer, &self.request);
        let turn = self.ctx.ask_as(key, question, self.patience, read).await?;
        turn.ok_or_else(|| AskError::TimedOut.into())
    }

    async fn ask_own(&self, model: &OwnModel) -> Result<Box<RawValue>> {
        let effects = &self.ctx.info().effects;
        let patience = self.patience.unwrap_or(effects.timeout);
        let _waiting = effects.wait();
        let answer = timeout(patience, model.sample(self.request.clone())).await;
        let answer = answer.map_err(|_| AskError::TimedOut)??;
        serde_json::value::to_raw_value(&answer).map_err(Error::internal)
    }

    fn read_own(&self, answer: &RawValue) -> Result<Turn> {
        Turn::read(answer, &self.request)
            .map_err(|fault| Error::internal(format!("the sampler's answer: {fault}")))
    }
}
