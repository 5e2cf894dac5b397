//! Structs that are read from JSON objects and written as such: the work of serde's derives, without the procedural
//! macros that embedders would have to build first.

/// Implements `Deserialize` (`read`), `Serialize` (`write`) or both for a struct. All its fields are listed. A field
/// has its own name in the object, or the name behind `=`. Behind `:` stands `default` for a field that may be missing,
/// `omitted` for a field that may be missing and is not written while it is the default, and `flat` for a struct whose
/// own fields are written in its place. A `strict` struct refuses unknown fields. Behind `;` stand further keys, and
/// the fields that are computed from them.
macro_rules! json_object {
    (both $type:ident $($strict:ident)? { $($fields:tt)* }) => {
        json_object!(read $type $($strict)? { $($fields)* });
        json_object!(write $type { $($fields)* });
    };
    (write $type:ident { $($field:ident $(= $name:literal)? $(: $when:ident)?),* $(,)? }) => {
        impl serde_core::Serialize for $type {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut object = serializer.serialize_map(None)?;
                self.write_fields(&mut object)?;
                serde_core::ser::SerializeMap::end(object)
            }
        }

        impl $type {
            /// Writes the fields of the struct into an object.
            pub(crate) fn write_fields<M: serde_core::ser::SerializeMap>(&self, object: &mut M) -> Result<(), M::Error> {
                $(json_object!(@write object, self.$field, json_object!(@key $field $($name)?) $(, $when)?);)*
                Ok(())
            }
        }
    };
    (read $type:ident $($strict:ident)? {
        $($field:ident $(= $name:literal)? $(: $when:ident)?),* $(,)?
        $(; $($inner:ident: $inner_when:ident),* => $($outer:ident: $made:expr),*)?
    }) => {
        impl<'de> serde_core::Deserialize<'de> for $type {
            fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;

                impl<'de> serde_core::de::Visitor<'de> for Fields {
                    type Value = $type;

                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        out.write_str(concat!("struct ", stringify!($type)))
                    }

                    fn visit_map<A: serde_core::de::MapAccess<'de>>(self, mut object: A) -> Result<$type, A::Error> {
                        $(let mut $field = None;)*
                        $($(let mut $inner = None;)*)?
                        while let Some(key) = object.next_key::<String>()? {
                            match key.as_str() {
                                $(json_object!(@key $field $($name)?) => {
                                    json_object!(@once $field, json_object!(@key $field $($name)?));
                                    $field = Some(object.next_value()?);
                                })*
                                $($(stringify!($inner) => $inner = Some(object.next_value()?),)*)?
                                _ => json_object!(@unknown key, object, [$(json_object!(@key $field $($name)?)),*] $($strict)?),
                            }
                        }
                        $(let $field = json_object!(@filled $field, json_object!(@key $field $($name)?) $(, $when)?);)*
                        $($(let $inner = json_object!(@filled $inner, stringify!($inner), $inner_when);)*)?
                        Ok($type { $($field,)* $($($outer: $made,)*)? })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $name:literal) => { $name };
    (@write $object:ident, $value:expr, $key:expr) => { $object.serialize_entry($key, &$value)? };
    (@write $object:ident, $value:expr, $key:expr, default) => { $object.serialize_entry($key, &$value)? };
    (@write $object:ident, $value:expr, $key:expr, omitted) => {
        if !$crate::http::json_object::is_default(&$value) {
            $object.serialize_entry($key, &$value)?;
        }
    };
    (@write $object:ident, $value:expr, $key:expr, flat) => { $value.write_fields($object)? };
    (@once $field:ident, $key:expr) => {
        if $field.is_some() {
            return Err(serde_core::de::Error::duplicate_field($key));
        }
    };
    (@filled $field:ident, $key:expr) => { $field.ok_or_else(|| serde_core::de::Error::missing_field($key))? };
    (@filled $field:ident, $key:expr, $when:ident) => { $field.unwrap_or_default() };
    (@unknown $found:ident, $object:ident, [$($key:expr),*] strict) => {
        return Err(serde_core::de::Error::unknown_field(&$found, &[$($key),*]))
    };
    (@unknown $found:ident, $object:ident, [$($key:expr),*]) => {
        drop($object.next_value::<serde_core::de::IgnoredAny>()?)
    };
}

pub(crate) use json_object;

/// Tells whether a value is the default of its type.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str, json, to_value};

    #[derive(Debug, Default, PartialEq)]
    struct Inner {
        first: Vec<u8>,
    }

    #[derive(Debug, Default, PartialEq)]
    struct Outer {
        kind: String,
        count: u64,
        note: Option<String>,
        near: Inner,
    }

    #[derive(Debug, PartialEq)]
    struct Narrow {
        kind: String,
        at: Option<u64>,
    }

    json_object!(both Inner { first: omitted });
    json_object!(write Outer { kind = "type", count: default, note: omitted, near: flat });
    json_object!(read Outer { kind = "type", count: default, note: omitted; first: omitted => near: Inner { first } });
    json_object!(both Narrow strict { kind = "type", at: default });

    #[test]
    fn objects_are_written_and_read_back() {
        let full = Outer { kind: "a".into(), count: 2, note: Some("n".into()), near: Inner { first: vec![1] } };
        let written = json!({ "type": "a", "count": 2, "note": "n", "first": [1] });
        assert_eq!(to_value(&full).unwrap(), written);
        assert_eq!(from_str::<Outer>(&written.to_string()).unwrap(), full);
        let bare = Outer { kind: "a".into(), ..Outer::default() };
        assert_eq!(to_value(&bare).unwrap(), json!({ "type": "a", "count": 0 }));
        assert_eq!(from_str::<Outer>(r#"{"more": {}, "type": "a"}"#).unwrap(), bare);
    }

    #[test]
    fn faults_of_objects_name_field_and_place() {
        let fault = |text: &str| from_str::<Narrow>(text).unwrap_err().to_string();
        assert_eq!(fault("{}"), "missing field `type` at line 1 column 2");
        assert_eq!(fault("[]"), "invalid type: sequence, expected struct Narrow at line 1 column 0");
        assert_eq!(fault(r#"{"kind": 1}"#), "unknown field `kind`, expected `type` or `at` at line 1 column 7");
        assert_eq!(fault(r#"{"type": 1}"#), "invalid type: integer `1`, expected a string at line 1 column 10");
        assert_eq!(fault(r#"{"at": 1, "at": 1}"#), "duplicate field `at` at line 1 column 14");
        assert_eq!(from_str::<Narrow>(r#"{"type": "a", "at": null}"#).unwrap(), Narrow { kind: "a".into(), at: None });
        assert_eq!(to_value(Narrow { kind: "a".into(), at: None }).unwrap()["at"], Value::Null);
    }
}
