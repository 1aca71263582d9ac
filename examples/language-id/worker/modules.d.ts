/** A module of the kind Data, by the rule in wrangler.toml. */
declare module "*.safetensors" {
  const bytes: ArrayBuffer;
  export default bytes;
}
