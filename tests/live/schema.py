"""Checks JSON against as much of JSON Schema as docs/live-events.schema.json uses. Unknown keywords are an error."""

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
KNOWN = {"$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "minItems",
         "maxItems", "minimum", "const", "enum", "oneOf"}


def has_type(value, name):
    if name in ("number", "integer"):
        kinds = (int, float) if name == "number" else (int,)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def errors(value, schema, where="event"):
    """Sentences about what is wrong; none for a valid value."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    found = []
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(has_type(value, name) for name in names):
            return [f"{where} is {value!r}, not {names}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{where} is {value!r}, not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is {value!r}, none of {schema['enum']}")
    if "minimum" in schema and has_type(value, "number") and value < schema["minimum"]:
        found.append(f"{where} is {value}, below {schema['minimum']}")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{where} lacks {key}" for key in schema.get("required", []) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{where} has {key}" for key in value if key not in properties]
        for key in properties.keys() & value.keys():
            found += errors(value[key], properties[key], f"{where}.{key}")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{where} has {len(value)} items")
        for index, item in enumerate(value if "items" in schema else []):
            found += errors(item, schema["items"], f"{where}[{index}]")
    if "oneOf" in schema:
        each = [errors(value, option, where) for option in schema["oneOf"]]
        if sum(not option for option in each) != 1:
            found.append(f"{where} {value!r} matches {sum(not option for option in each)} kinds: "
                         f"{min(each, key=len)}")
    return found
