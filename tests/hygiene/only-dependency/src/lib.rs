//! The runtime is the only dependency: what a type derives comes from there.

use mcp_runtime::{
    JsonSchema,
    prelude::*,
    serde::{Deserialize, Serialize},
};

/// A place.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(crate = "mcp_runtime::serde")]
#[schemars(crate = "mcp_runtime::schemars")]
pub struct Place {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

/// Turn the globe.
#[mcp_tool]
pub async fn opposite(#[arg(flatten)] place: Place) -> Place {
    Place { latitude: -place.latitude, longitude: place.longitude + 180.0 }
}

/// Where to turn next.
#[derive(Debug, Elicit)]
pub struct Turn {
    /// How far, in degrees.
    #[elicit(range = -180.0..=180.0)]
    pub degrees: f64,
}

/// The server.
pub fn server() -> Server {
    Server::new("globe", "1.0.0").tools(tools![opposite])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_server_is_built() {
        assert!(super::server().build().is_ok());
    }
}
