//! SM4 as these tokens use it: encrypted payloads, and a proof behind them.

use sha1::{Digest, Sha1};
use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// The key that is made of what the owner of a Molto2 chose.
pub(super) fn customer_key(text: &[u8]) -> [u8; 16] {
    let digest: [u8; 20] = Sha1::digest(text).into();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

pub(super) fn encrypt(key: &[u8; 16], block: &[u8; 16]) -> [u8; 16] {
    let mut block: Block<Sm4> = (*block).into();
    Sm4::new(&(*key).into()).encrypt_block(&mut block);
    block.into()
}

/// Block by block. `None`: no whole blocks.
pub(super) fn decrypt(key: &[u8; 16], encrypted: &[u8]) -> Option<Vec<u8>> {
    let cipher = Sm4::new(&(*key).into());
    let mut plain = Vec::new();
    for block in encrypted.chunks(16) {
        let block: [u8; 16] = block.try_into().ok()?;
        let mut block: Block<Sm4> = block.into();
        cipher.decrypt_block(&mut block);
        plain.extend_from_slice(&block);
    }
    (!plain.is_empty()).then_some(plain)
}

/// Without 80 and the zeros behind it, where there are such.
pub(super) fn unpad(bytes: &[u8]) -> Vec<u8> {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    match last {
        Some(last) if bytes[last] == 0x80 => bytes[..last].to_vec(),
        _ => bytes.to_vec(),
    }
}

/// A payload with four bytes of proof behind it.
pub(super) struct Sealed<'a> {
    header: [u8; 3],
    payload: &'a [u8],
    proof: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// `header`: instruction, P1, P2.
    pub(super) fn parse(header: [u8; 3], data: &'a [u8]) -> Option<Self> {
        let at = data.len().checked_sub(4)?;
        let (payload, proof) = data.split_at(at);
        Some(Self {
            header,
            payload,
            proof,
        })
    }

    pub(super) fn payload_if_proved(&self, key: &[u8; 16]) -> Option<&'a [u8]> {
        (self.proof == self.right_proof(key)).then_some(self.payload)
    }

    /// The beginning of the last block of SM4-CBC over header, length and payload.
    fn right_proof(&self, key: &[u8; 16]) -> [u8; 4] {
        let length = u8::try_from(self.payload.len()).expect("a short APDU");
        let [instruction, p1, p2] = self.header;
        let mut message = vec![0x80, instruction, p1, p2, length];
        message.extend_from_slice(self.payload);
        if !message.len().is_multiple_of(16) {
            message.push(0x80);
            message.resize(message.len().next_multiple_of(16), 0);
        }
        let mut state = [0; 16];
        for block in message.chunks_exact(16) {
            for (byte, more) in state.iter_mut().zip(block) {
                *byte ^= more;
            }
            state = encrypt(key, &state);
        }
        [state[0], state[1], state[2], state[3]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let digits: Vec<u32> = text.chars().filter_map(|one| one.to_digit(16)).collect();
        let pairs = digits.chunks(2);
        pairs
            .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
            .collect()
    }

    #[test]
    fn the_published_vectors_are_understood() {
        let key = super::super::SINGLE_KEY;
        let mut block = [0; 16];
        block[..8].copy_from_slice(&bytes("1122334455667788"));
        let response = encrypt(&key, &block);
        assert_eq!(response[..], bytes("8B7450F22721BC29985C2C460B65045D"));

        let data =
            bytes("6EEAD21474BBF3A0A2B4C18F489E543CF48725A71EE9C3A65963E88BE9405E3D 5F6EA0C1");
        let sealed = Sealed::parse([0xC5, 1, 0], &data).unwrap();
        let payload = sealed.payload_if_proved(&key).unwrap();
        let seed = unpad(&decrypt(&key, payload).unwrap());
        assert_eq!(seed, (1..=20).collect::<Vec<u8>>());

        let mut data = bytes("81111F01020F0465432100 86060A01020D013C 37A18BF9");
        let is_proved = |data: &[u8]| {
            let sealed = Sealed::parse([0xD4, 0, 0], data).unwrap();
            sealed.payload_if_proved(&key).is_some()
        };
        assert!(is_proved(&data));
        data[4] ^= 1;
        assert!(!is_proved(&data));
    }

    #[test]
    fn the_key_of_a_new_molto2_is_the_published_one() {
        let key = customer_key(super::super::MOLTO2_CUSTOMER_KEY);
        assert_eq!(key[..], bytes("099250fdb017f442da429ecbbee17f79"));
    }
}
