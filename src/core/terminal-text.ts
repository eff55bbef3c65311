const escapes = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[@-Z\\-_]/g;
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside (logs, engines, clusters) made safe to print: no escape sequence, control or direction character stays. */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(controls, '');
}
