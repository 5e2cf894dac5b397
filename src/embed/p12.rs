//! A PKCS #12 key store of certificates, without keys and passwords, as Java reads it.

use yasna::models::ObjectIdentifier;
use yasna::{DERWriter, Tag};

/// `data` of PKCS #7.
const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
/// `certBag` of PKCS #12.
const CERTIFICATE_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 3];
/// `x509Certificate` of PKCS #9.
const X509_CERTIFICATE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 22, 1];
/// `friendlyName` of PKCS #9.
const FRIENDLY_NAME: &[u64] = &[1, 2, 840, 113_549, 1, 9, 20];
/// Java's attribute of a trusted certificate, with the uses for which it is trusted.
const TRUSTED_KEY_USAGE: &[u64] = &[2, 16, 840, 1, 113_894, 746_875, 1, 1];
/// `anyExtendedKeyUsage`.
const ANY_USAGE: &[u64] = &[2, 5, 29, 37, 0];

/// Returns the key store in which these certificates are trusted.
pub(super) fn keystore(certificates: &[Vec<u8>]) -> Vec<u8> {
    let bags = yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for (n, certificate) in certificates.iter().enumerate() {
                bag(writer.next(), &format!("ca{n}"), certificate);
            }
        });
    });
    let contents = yasna::construct_der(|writer| {
        writer.write_sequence(|writer| data(writer.next(), &bags));
    });
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_u8(3);
            data(writer.next(), &contents);
        });
    })
}

fn data(writer: DERWriter<'_>, bytes: &[u8]) {
    writer.write_sequence(|writer| {
        oid(writer.next(), DATA);
        writer.next().write_tagged(Tag::context(0), |writer| writer.write_bytes(bytes));
    });
}

fn bag(writer: DERWriter<'_>, name: &str, certificate: &[u8]) {
    writer.write_sequence(|writer| {
        oid(writer.next(), CERTIFICATE_BAG);
        writer.next().write_tagged(Tag::context(0), |writer| {
            writer.write_sequence(|writer| {
                oid(writer.next(), X509_CERTIFICATE);
                writer.next().write_tagged(Tag::context(0), |writer| writer.write_bytes(certificate));
            });
        });
        writer.next().write_set_of(|writer| {
            attribute(writer.next(), FRIENDLY_NAME, |writer| writer.write_bmp_string(name));
            attribute(writer.next(), TRUSTED_KEY_USAGE, |writer| oid(writer, ANY_USAGE));
        });
    });
}

fn attribute(writer: DERWriter<'_>, kind: &[u64], value: impl Fn(DERWriter<'_>)) {
    writer.write_sequence(|writer| {
        oid(writer.next(), kind);
        writer.next().write_set_of(|writer| value(writer.next()));
    });
}

fn oid(writer: DERWriter<'_>, components: &[u64]) {
    writer.write_oid(&ObjectIdentifier::from_slice(components));
}
