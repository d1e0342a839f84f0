//! The two slots: their numbers, what people do for them, and what a token is told about them.

use super::transport::SlotCommand;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the two slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// Slot 1, short touch.
    Short,
    /// Slot 2, long touch.
    Long,
}

impl Slot {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Short, Self::Long];

    /// Its number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Short => 1,
            Self::Long => 2,
        }
    }

    /// What people do for it.
    pub const fn gesture(self) -> &'static str {
        match self {
            Self::Short => "touch it for about a second",
            Self::Long => "touch it for about three seconds",
        }
    }

    pub(super) const fn write(self) -> SlotCommand {
        match self {
            Self::Short => SlotCommand::WriteShort,
            Self::Long => SlotCommand::WriteLong,
        }
    }

    pub(super) const fn update(self) -> SlotCommand {
        match self {
            Self::Short => SlotCommand::UpdateShort,
            Self::Long => SlotCommand::UpdateLong,
        }
    }

    pub(super) const fn challenge(self) -> SlotCommand {
        match self {
            Self::Short => SlotCommand::ChallengeShort,
            Self::Long => SlotCommand::ChallengeLong,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "slot 1 (short touch)",
            Self::Long => "slot 2 (long touch)",
        })
    }
}

/// Whether what a slot holds may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// No: a slot that holds something is left alone.
    Never,
    /// Yes, the person was asked. Nobody can tell what it is; on a new YubiKey slot 1 holds
    /// what YubiCloud knows it by.
    WhateverIsThere,
}
