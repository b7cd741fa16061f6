// Which addresses belong to the public internet.

import ipaddr from "ipaddr.js";

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * True for an address that anyone on the internet may reach. False for loopback, private, link-local (where clouds keep
 * their metadata), shared, multicast and reserved ones, for the IPv6 forms that carry an IPv4 address of those kinds
 * (mapped, translated, tunnelled), and for text that is no address.
 */
export function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) {
    return false;
  }
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") {
    return false;
  }
  return address.kind() === "ipv4" || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/** True for an address rather than a name; brackets of a URL's IPv6 address are not part of it. */
export function isAddress(text: string): boolean {
  return ipaddr.isValid(text);
}
