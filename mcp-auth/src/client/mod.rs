//! Asks authorization servers: one request on a connection of its own, within bounds.
//!
//! There is no pool, because the answers are remembered; so the address that is connected to can be
//! checked itself, whatever names and redirects would lead there.

mod address;

use std::{error, fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};

/// A client for authorization servers.
#[derive(Clone)]
pub(crate) struct Client {
    tls: TlsConnector,
    private_addresses: bool,
    max_bytes: usize,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum FetchError {
    Address,
    Io(io::Error),
    Http(hyper::Error),
    Status(StatusCode),
    /// Too large, or broken off.
    Body,
    TooSlow,
}

impl Client {
    /// # Errors
    ///
    /// What is wrong with the certificates of the system.
    pub(crate) fn new(private_addresses: bool, max_bytes: usize) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(config).into(), private_addresses, max_bytes })
    }

    pub(crate) async fn get(&self, uri: &Uri, patience: Duration) -> Result<Bytes, FetchError> {
        self.send(Request::get(uri.clone()), Bytes::new(), patience).await
    }

    /// Sends a form.
    #[cfg(feature = "introspection")]
    pub(crate) async fn post(
        &self,
        uri: &Uri,
        authorization: Option<HeaderValue>,
        form: String,
        patience: Duration,
    ) -> Result<Bytes, FetchError> {
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        let mut request = Request::post(uri.clone()).header(header::CONTENT_TYPE, form_type);
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.send(request, form.into(), patience).await
    }

    /// The body of the answer, if it is a good one. A redirect is none.
    async fn send(
        &self,
        request: http::request::Builder,
        body: Bytes,
        patience: Duration,
    ) -> Result<Bytes, FetchError> {
        let request = request
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .body(Full::new(body))
            .map_err(|_| FetchError::Address)?;
        timeout(patience, self.exchange(request)).await.map_err(|_| FetchError::TooSlow)?
    }

    async fn exchange(&self, mut request: Request<Full<Bytes>>) -> Result<Bytes, FetchError> {
        let uri = request.uri().clone();
        let host = uri.host().ok_or(FetchError::Address)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let host_header = HeaderValue::try_from(authority).map_err(|_| FetchError::Address)?;
        request.headers_mut().insert(header::HOST, host_header);
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        *request.uri_mut() = target.parse().map_err(|_| FetchError::Address)?;
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = self.connect(&host, port).await?;
        if is_tls {
            let name = ServerName::try_from(host).map_err(|_| FetchError::Address)?;
            let stream = self.tls.connect(name, stream).await.map_err(FetchError::Io)?;
            self.exchange_on(stream, request).await
        } else {
            self.exchange_on(stream, request).await
        }
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, FetchError> {
        let mut last = FetchError::Address;
        let addresses: Vec<SocketAddr> =
            lookup_host((host, port)).await.map_err(FetchError::Io)?.collect();
        for address in addresses {
            if !self.private_addresses && !address::is_public(address.ip()) {
                tracing::warn!(%address, "an authorization server at a private address is not asked");
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = FetchError::Io(error),
            }
        }
        Err(last)
    }

    async fn exchange_on(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        request: Request<Full<Bytes>>,
    ) -> Result<Bytes, FetchError> {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(FetchError::Http)?;
        let answer = async {
            let response = sender.send_request(request).await.map_err(FetchError::Http)?;
            if response.status() != StatusCode::OK {
                return Err(FetchError::Status(response.status()));
            }
            let body = Limited::new(response.into_body(), self.max_bytes).collect().await;
            body.map(http_body_util::Collected::to_bytes).map_err(|_| FetchError::Body)
        };
        let mut answer = std::pin::pin!(answer);
        tokio::select! {
            answer = &mut answer => answer,
            ended = connection => match ended {
                // What it has read is still to be given out.
                Ok(()) => answer.await,
                Err(error) => Err(FetchError::Http(error)),
            },
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address => f.write_str("it has no address that may be asked"),
            Self::Io(error) => error.fmt(f),
            Self::Http(error) => error.fmt(f),
            Self::Status(status) => write!(f, "it answers {status}"),
            Self::Body => f.write_str("its answer is too large or broken off"),
            Self::TooSlow => f.write_str("it takes too long"),
        }
    }
}

impl error::Error for FetchError {}
