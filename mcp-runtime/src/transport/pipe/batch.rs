use super::connection::{Connection, Framing, Reply};
use crate::{
    protocol::{Revision, RpcError, parse_batch},
    transport::batch::{array, join_all},
};

impl Connection {
    /// Answers the messages of an array at the same time, in an array.
    pub(super) async fn answer_batch(&self, json: &[u8]) -> Option<Reply> {
        let refuse = |error: RpcError| Some(Reply::error(None, &error));
        let elements = match parse_batch(json, self.max_calls()) {
            Ok(elements) => elements,
            Err(error) => return refuse(error),
        };
        if self.session.get().is_none_or(|it| it.revision != Revision::V2025_03_26) {
            return refuse(RpcError::invalid_request(
                "invalid request: only a session of 2025-03-26 has batches",
            ));
        }
        let answers = elements
            .iter()
            .map(|element| self.answer_message(element.get().as_bytes(), Framing::Batch));
        let replies = join_all(answers).await;
        array(replies.iter().flatten().filter_map(Reply::message)).map(Reply::new)
    }
}
