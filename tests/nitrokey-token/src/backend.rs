//! Which parts of trussed the application is given: its core, and the one that keeps PINs.
//!
//! As in Nitrokey's firmware; the traits want it spelled out.

use trussed::backend::{Backend as _, BackendId};
use trussed::platform::Platform;
use trussed::serde_extensions::{ExtensionDispatch, ExtensionId, ExtensionImpl as _};
use trussed::service::ServiceResources;
use trussed::types::Context;
use trussed_auth::AuthExtension;
use trussed_auth_backend::{AuthBackend, AuthContext, FilesystemLayout};
use trussed_core::Error;
use trussed_core::api::{Reply, Request, reply, request};
use trussed_core::types::Location;

/// In this order a request is offered to them.
pub(crate) const BACKENDS: &[BackendId<Backend>] =
    &[BackendId::Custom(Backend::Auth), BackendId::Core];

/// What there is besides the core.
pub(crate) enum Backend {
    Auth,
}

/// Requests that the core does not know.
pub(crate) enum Extension {
    Auth,
}

impl From<Extension> for u8 {
    fn from(extension: Extension) -> Self {
        match extension {
            Extension::Auth => 0,
        }
    }
}

impl TryFrom<u8> for Extension {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self, Error> {
        match number {
            0 => Ok(Self::Auth),
            _ => Err(Error::InternalError),
        }
    }
}

/// Hands requests to the backends.
pub(crate) struct Dispatch(AuthBackend);

impl Dispatch {
    pub(crate) fn new() -> Self {
        Self(AuthBackend::new(Location::Internal, FilesystemLayout::V0))
    }
}

impl ExtensionId<AuthExtension> for Dispatch {
    type Id = Extension;

    const ID: Self::Id = Extension::Auth;
}

impl ExtensionDispatch for Dispatch {
    type BackendId = Backend;
    type Context = AuthContext;
    type ExtensionId = Extension;

    fn core_request<P: Platform>(
        &mut self,
        Backend::Auth: &Backend,
        context: &mut Context<AuthContext>,
        request: &Request,
        resources: &mut ServiceResources<P>,
    ) -> Result<Reply, Error> {
        let Context { core, backends, .. } = context;
        self.0.request(core, backends, request, resources)
    }

    fn extension_request<P: Platform>(
        &mut self,
        Backend::Auth: &Backend,
        Extension::Auth: &Extension,
        context: &mut Context<AuthContext>,
        request: &request::SerdeExtension,
        resources: &mut ServiceResources<P>,
    ) -> Result<reply::SerdeExtension, Error> {
        let Context { core, backends, .. } = context;
        self.0
            .extension_request_serialized(core, backends, request, resources)
    }
}
