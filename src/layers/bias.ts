import { expected } from "../errors.ts";

/**
 * Refuses a bias that `useBias` denies, and the lack of one that it promises.
 * @throws CongruentError `weights`
 */
export function checkBias(useBias: boolean, given: boolean, where: string): void {
  if (useBias !== given) {
    const wanted = useBias ? "one, with useBias: true" : "none, with useBias: false";
    throw expected("weights", `${where}.bias`, wanted, given ? "one" : "none");
  }
}
