//! What a function asks its client back: the user through a form or a web page, the client's model,
//! the client's folders; and what it does once however often it runs.
//!
//! A question has a key. In a session of an older revision it is a request to the client, and the
//! function waits. In 2026-07-28 the function is dropped, the client gets all open questions with
//! a sealed [`Journal`](journal::Journal) and sends its request again with the answers; the function
//! runs from its start, and its questions are answered from the journal.

mod ask;
mod ask_error;
mod elicit;
mod form;
mod input_required;
mod journal;
mod live;
mod needs;
mod once;
mod roots;
pub mod sample;
mod seal;
mod state;
mod task;
mod url;

pub use ask_error::AskError;
pub use elicit::{ElicitRequest, Elicited};
pub use form::{
    Choice, ChoiceOption, Elicit, Field, FieldType, Form, FormAnswer, FormFaults, TextFormat,
    for_macros,
};
pub use input_required::InputRequired;
pub use roots::Root;
pub use seal::KeyRing;
pub use url::{
    ElicitUrlRequest, UrlElicitation, UrlElicitationRecord, UrlElicitationStore, UrlElicitations,
    UrlElicited,
};

pub(crate) use journal::{Journal, now};
pub(crate) use live::{ASK, Answer, Asks};
pub(crate) use needs::needs;
pub(crate) use seal::Sealer;
pub(crate) use state::{Asking, Effects, Question};
pub(crate) use task::TaskHandle;
pub(crate) use url::MemoryStore;
#[cfg(feature = "redis")]
pub(crate) use url::URL_KEPT;
