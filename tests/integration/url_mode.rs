//! Users who are sent to a web page: only the page says that they are done.

mod pages;
mod rounds;
mod server;
mod sessions;
