//! The client's model and its folders, asked by functions: real requests in sessions, rounds in
//! 2026-07-28.

mod answers;
mod client;
mod own_model;
mod roots;
mod tools;
mod typed;
