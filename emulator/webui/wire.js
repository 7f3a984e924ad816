// The wire form of values: every string value is percent-encoded on its way to the device and
// decoded on its way back; keys, numbers, true, false and null are left alone.

// Applies `change` to every string value below `value`, and leaves `value` itself as it is.
function mapStrings(value, change) {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change));
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]),
    );
  }
  return value;
}

// Text that is no valid percent-encoding means itself: devices send such text too.
export function decodeText(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const toWire = (value) => mapStrings(value, encodeURIComponent);
export const fromWire = (value) => mapStrings(value, decodeText);
