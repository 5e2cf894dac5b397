//! Plain HTTP requests that clients send to the proxy for other hosts than the APIs'.

use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use http::{StatusCode, Uri};
use hyper::body::Incoming;
use hyper::{Request as HttpRequest, Response as HttpResponse, Version};
use hyper_util::rt::TokioIo;

use crate::server::front::Front;
use crate::server::proxy::{NoTunnel, Proxy};
use crate::server::send::ResponseBody;

/// The headers that are for the proxy.
const FOR_PROXY: [HeaderName; 2] =
    [HeaderName::from_static("proxy-authorization"), HeaderName::from_static("proxy-connection")];

impl Front {
    /// Returns the proxy, if a request is for another host than the APIs' and this server.
    pub(crate) fn proxy_to_other(&self, request: &HttpRequest<Incoming>) -> Option<&Proxy> {
        let proxy = self.proxy.as_ref().filter(|_| request.version() < Version::HTTP_2)?;
        let host = request.uri().host()?;
        (!proxy.covers(host) && !self.is_own(host, request.uri().port_u16())).then_some(proxy)
    }
}

impl Proxy {
    /// Answers a request for another host: with that host's answer, or with the reason why it is not reached.
    pub(crate) async fn forward(&self, request: HttpRequest<Incoming>) -> HttpResponse<ResponseBody> {
        self.forwarded(request).await.unwrap_or_else(|no_tunnel| {
            let mut response = HttpResponse::new(ResponseBody::Whole(no_tunnel.body().into()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            let json = HeaderValue::from_static("application/json; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        })
    }

    async fn forwarded(&self, mut request: HttpRequest<Incoming>) -> Result<HttpResponse<ResponseBody>, NoTunnel> {
        let uri = request.uri().clone();
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let failed = |error: hyper::Error| {
            NoTunnel::to_other_host(format!("{host} gave no answer: {error}"), "Try it without the proxy.")
        };
        let stream = self.dial(&host, Some(uri.port_u16().unwrap_or(80))).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
        // The task ends with the answer.
        tokio::spawn(connection);
        FOR_PROXY.iter().chain([&CONNECTION]).for_each(|name| drop(request.headers_mut().remove(name)));
        if let Some(authority) = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok()) {
            request.headers_mut().insert(HOST, authority);
        }
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        *request.uri_mut() = target.parse().unwrap_or_else(|_| Uri::from_static("/"));
        let mut response = sender.send_request(request).await.map_err(failed)?;
        response.headers_mut().remove(CONNECTION);
        Ok(response.map(ResponseBody::Relayed))
    }
}
