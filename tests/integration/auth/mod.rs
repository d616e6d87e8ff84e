//! Who calls: tokens, keys, issuers, scopes, and those who only pretend.

mod issuer;
mod jwt;
mod mcp;
mod resource;

mod binding;
mod clocks;
mod credentials;
mod discovery;
mod introspection;
mod keys;
mod outages;
mod provider;
mod rates;
mod routes;
mod scopes;
mod secrets;
mod sessions;
mod tokens;
