// What the pages show and change, as data: a new row is a new field on the page. What a field may
// be is not here, it comes with the profile (about.json).

const ON_OFF = { on: "On", off: "Off" };

function bitsPerSecond(value) {
  return /^\d+$/.test(value) ? `${Number(value).toLocaleString("en")} kbit/s` : value;
}

// (1 << 16) | frames a second
function frames(value) {
  const fps = Number(value) & 0xffff;
  return fps > 0 ? `${fps} a second` : value;
}

function since(seconds) {
  if (!Number.isInteger(seconds)) return seconds;
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return [[days, "d"], [hours, "h"], [minutes, "min"]]
    .filter(([count], at) => count > 0 || at === 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

function instant(seconds) {
  const count = Number(seconds);
  if (!(count > 0)) return "never";
  return `${new Date(count * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const named = (names) => (value) => names[value] ?? value;
const resolution = (value) => value.replace("*", " × ");

// Cards of read-only facts. `read` is the request; a row is where its value stands in the answer,
// the label, and how the value is spelled.
export const FACTS = [
  {
    id: "camera",
    title: "Camera",
    read: { device_info: { name: "basic_info" } },
    at: ["device_info", "basic_info"],
    rows: [
      ["device_alias", "Name"],
      ["device_model", "Model"],
      ["hw_version", "Hardware"],
      ["sw_version", "Firmware"],
      ["mac", "MAC address"],
      ["dev_id", "Device id"],
    ],
  },
  {
    id: "clock",
    title: "Clock",
    read: { system: { name: ["clock_status", "basic", "ntp"] } },
    at: ["system"],
    rows: [
      ["clock_status.local_time", "Local time"],
      ["basic.timezone", "Time zone"],
      ["basic.zone_id", "Place"],
      ["basic.timing_mode", "Set by", named({ ntp: "Network (NTP)", manual: "Hand" })],
      ["ntp.server", "Time server"],
    ],
  },
  {
    id: "network",
    title: "Network",
    read: { network: { name: ["wan_status", "wan"] } },
    at: ["network"],
    rows: [
      ["wan_status.link_status", "Link", (value) => (value === 1 ? "Up" : "Down")],
      ["wan_status.ipaddr", "IP address"],
      ["wan_status.netmask", "Netmask"],
      ["wan_status.gateway", "Gateway"],
      ["wan_status.pri_dns", "Name server"],
      ["wan.proto", "Address from", named({ dhcp: "DHCP", static: "Hand", pppoe: "PPPoE" })],
      ["wan_status.up_time", "Up for", since],
    ],
  },
  {
    id: "storage",
    title: "Storage",
    read: { harddisk_manage: { name: "harddisk", table: "hd_info" } },
    at: ["harddisk_manage"],
    rows: [
      ["hd_info.0.status", "Card"],
      ["hd_info.0.total_space", "Size"],
      ["hd_info.0.free_space", "Free"],
      ["harddisk.loop", "Overwrite the oldest", named(ON_OFF)],
    ],
  },
  {
    id: "video",
    title: "Video",
    read: { video: { name: ["main", "minor"] } },
    at: ["video"],
    rows: [
      ["main.encode_type", "Main stream"],
      ["main.resolution", "Resolution", resolution],
      ["main.frame_rate", "Frames", frames],
      ["main.bitrate", "Bit rate", bitsPerSecond],
      ["minor.encode_type", "Second stream"],
      ["minor.resolution", "Second resolution", resolution],
    ],
  },
  {
    id: "alarm",
    title: "Last alarm",
    read: { system: { name: "last_alarm_info" } },
    at: ["system", "last_alarm_info"],
    rows: [
      ["last_alarm_type", "Kind"],
      ["last_alarm_time", "When", instant],
    ],
  },
];

const NIGHT_MODES = {
  auto_ir: "Infrared when dark",
  auto_color: "White light when dark",
  human_triggered_color: "White light for people",
  white_led_always_on: "White light always",
  ir_always_on: "Infrared always",
  off: "Off",
  custom: "Own rules",
};

// Cards of settings. A field: the module, section and field it stands for, its kind and label.
// Kinds: "choice", "switch" (on/off), "level" (a number with a range), "time" (seconds of a day),
// "text", "shown" (never written). `row` names a row of a table.
export const SETTINGS = [
  {
    id: "night",
    title: "Night vision",
    fields: [
      {
        at: ["image", "switch", "pre_night_vision_mode"],
        kind: "choice",
        label: "Mode",
        names: NIGHT_MODES,
      },
      {
        at: ["image", "switch", "night_vision_mode"],
        kind: "shown",
        label: "Light in use",
        names: {
          inf_night_vision: "Infrared",
          wtl_night_vision: "White light",
          md_night_vision: "White light on demand",
        },
      },
      { at: ["image", "switch", "wtl_intensity_level"], kind: "level", label: "White light" },
      {
        at: ["image", "switch", "full_color_people_enhance"],
        kind: "switch",
        label: "Enhance people",
      },
      {
        at: ["image", "switch", "full_color_vehicle_enhance"],
        kind: "switch",
        label: "Enhance vehicles",
      },
      {
        at: ["image", "switch", "overexposure_people_suppression"],
        kind: "switch",
        label: "Do not overexpose people",
      },
    ],
  },
  {
    id: "picture",
    title: "Picture",
    fields: [
      { at: ["image", "common", "luma"], kind: "level", label: "Brightness" },
      { at: ["image", "common", "contrast"], kind: "level", label: "Contrast" },
      { at: ["image", "common", "saturation"], kind: "level", label: "Saturation" },
      { at: ["image", "common", "sharpness"], kind: "level", label: "Sharpness" },
      { at: ["image", "common", "wide_dynamic"], kind: "switch", label: "Wide dynamic range" },
      { at: ["image", "common", "dehaze"], kind: "switch", label: "Remove haze" },
    ],
  },
  {
    id: "day",
    title: "Day and night",
    fields: [
      {
        at: ["image", "switch", "switch_mode"],
        kind: "choice",
        label: "Settings",
        names: {
          common: "Same day and night",
          auto_switch: "Change with the light",
          schedule_switch: "Change by the clock",
        },
      },
      { at: ["image", "switch", "schedule_start_time"], kind: "time", label: "Day begins" },
      { at: ["image", "switch", "schedule_end_time"], kind: "time", label: "Day ends" },
    ],
  },
  {
    id: "mounting",
    title: "Mounting",
    fields: [
      {
        at: ["image", "switch", "flip_type"],
        kind: "choice",
        label: "Mirror",
        names: {
          off: "Not mirrored",
          left_and_right: "Left and right",
          up_and_down: "Top and bottom",
          center: "Both, upside down",
        },
      },
      {
        at: ["image", "switch", "rotate_type"],
        kind: "choice",
        label: "Turn",
        names: {
          off: "Not turned",
          clockwise_90: "90° to the right",
          anticlockwise_90: "90° to the left",
          anticlockwise_180: "180°",
        },
      },
      {
        at: ["image", "switch", "flicker"],
        kind: "choice",
        label: "Mains",
        names: { "50hz": "50 Hz", "60hz": "60 Hz" },
      },
      { at: ["image", "switch", "ldc"], kind: "switch", label: "Straighten the edges" },
    ],
  },
  {
    id: "osd",
    title: "Text in the picture",
    fields: [
      { at: ["OSD", "date", "enabled"], kind: "switch", label: "Date" },
      { at: ["OSD", "week", "enabled"], kind: "switch", label: "Day of the week" },
      { at: ["OSD", "label_info", "enabled"], row: "label_info_1", kind: "switch", label: "Label" },
      { at: ["OSD", "label_info", "text"], row: "label_info_1", kind: "text", label: "Text" },
    ],
  },
  {
    id: "led",
    title: "Status light",
    fields: [{ at: ["led", "config", "enabled"], kind: "switch", label: "Light on the camera" }],
  },
];

// The requests that fetch every value above, one a module.
export const SETTINGS_READS = [
  { image: { name: ["switch", "common"] } },
  { OSD: { name: ["date", "week"], table: "label_info" } },
  { led: { name: "config" } },
];
