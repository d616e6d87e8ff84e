//! `cargo mcp registry login` and `logout`.

use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use chrono::{SecondsFormat, Utc};

use crate::{
    cli::{Login, LoginGitHub, LoginKey, LoginMethod},
    error::{Error, Result},
    registry::{Api, Credentials, GitHub, PrivateKey, RegistryUrl, Token, device_flow, oidc_token},
};

pub(crate) async fn run(arguments: Login) -> Result<ExitCode> {
    let (registry, token) = match arguments.method {
        LoginMethod::GitHub(login) => (login.target.registry.clone(), github(login).await?),
        LoginMethod::GitHubOidc(target) => {
            let api = Api::new(target.registry.clone())?;
            let token = oidc_token(&target.registry).await?;
            (target.registry, api.exchange_github_oidc(&token).await?)
        }
        LoginMethod::Dns(login) => {
            let key = private_key(&login)?;
            let record = key.proof_record();
            tell(&format!("{} needs the TXT record \"{record}\"", login.domain))?;
            let api = Api::new(login.target.registry.clone())?;
            let token = api.prove_by_dns(&login.domain, &key, &timestamp()).await?;
            (login.target.registry, token)
        }
        LoginMethod::Http(login) => {
            let key = private_key(&login)?;
            let record = key.proof_record();
            let place = format!("https://{}/.well-known/mcp-registry-auth", login.domain);
            tell(&format!("{place} needs to be \"{record}\""))?;
            let api = Api::new(login.target.registry.clone())?;
            let token = api.prove_by_http(&login.domain, &key, &timestamp()).await?;
            (login.target.registry, token)
        }
        LoginMethod::None(target) => {
            let token = Api::new(target.registry.clone())?.anonymous().await?;
            (target.registry, token)
        }
    };
    Credentials::of_user()?.keep(&registry, token)?;
    tell(&format!("logged in to {registry}"))?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn forget(registry: &RegistryUrl) -> Result<ExitCode> {
    let said = match Credentials::of_user()?.forget(registry)? {
        true => "logged out of",
        false => "you were not logged in to",
    };
    tell(&format!("{said} {registry}"))?;
    Ok(ExitCode::SUCCESS)
}

async fn github(login: LoginGitHub) -> Result<Token> {
    let api = Api::new(login.target.registry)?;
    let token = match login.token {
        Some(token) => token,
        None => {
            let client_id = api.github_client_id().await?;
            let github = GitHub { url: login.github };
            device_flow(&github, &client_id, |address, code| {
                tell(&format!("open {address} and enter the code {code}"))
            })
            .await?
        }
    };
    api.exchange_github_token(&token).await
}

fn private_key(login: &LoginKey) -> Result<PrivateKey> {
    let text = match (&login.key_file, &login.private_key) {
        (Some(path), _) => {
            fs::read_to_string(path).map_err(|error| Error::of_file(path, &error))?
        }
        (None, Some(text)) => text.clone(),
        (None, None) => return Err(Error::new("give a private key with `--key-file`")),
    };
    PrivateKey::parse(login.algorithm, &text)
}

/// The time, which is signed. The registry allows 15 seconds of difference.
fn timestamp() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn tell(line: &str) -> Result {
    Ok(writeln!(io::stdout(), "{line}")?)
}
