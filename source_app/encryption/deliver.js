"use strict";
/* Encrypts message and files to the desk's keys before they leave this browser, where the person
   wants it. It sends the same form as without it: the server is told of no difference, and seals
   what arrives once more.

   Nothing is sent that could not be encrypted: whoever chose this must not fall back unawares. */
(() => {
  const LARGEST = 256 * 1024 * 1024; // bytes: files are held in memory, twice for a moment

  const box = document.getElementById("encryption");
  const form = document.getElementById("delivery");
  const wanted = document.getElementById("encrypt");
  const said = document.getElementById("encryption-said");
  const message = document.getElementById("message");
  const files = document.getElementById("files");
  const codename = document.getElementById("codename");
  const texts = box.dataset;

  const config = {
    aeadProtect: false, // SEIPD version 1, which every OpenPGP program opens
    preferredCompressionAlgorithm: openpgp.enums.compression.uncompressed,
    showVersion: false,
    showComment: false,
  };

  function say(text) {
    said.textContent = text;
  }

  /* The day's last second: what is inside must not tell when it was written. */
  function evening() {
    const now = new Date();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 23, 59, 59));
  }

  async function deskKeys() {
    const desk = document.getElementById("desk");
    const slug = desk ? desk.value : texts.desk;
    const answer = await fetch(`/keys/${encodeURIComponent(slug)}.asc`, { cache: "no-store" });
    if (!answer.ok) throw new Error("keys");
    const block = /-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/g;
    const armored = (await answer.text()).match(block) || [];
    if (!armored.length) throw new Error("keys");
    return Promise.all(armored.map((armoredKey) => openpgp.readKey({ armoredKey })));
  }

  async function sealed(content, encryptionKeys, format) {
    const given = typeof content === "string" ? { text: content } : { binary: content };
    return openpgp.encrypt({
      message: await openpgp.createMessage({ ...given, date: evening() }),
      encryptionKeys,
      wildcard: true, // whose keys they are is not written on the outside
      format,
      config,
    });
  }

  function folded(text) {
    return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[\s-]+/).join(" ");
  }

  function holdsCodename(text) {
    return codename !== null && folded(text).includes(folded(codename.textContent.trim()));
  }

  /* The files travel under numbers; what they are called is said inside the message. */
  function withNames(text, chosen) {
    if (!chosen.length) return text;
    const lines = chosen.map((file, index) => `${index + 1}. ${file.name}`);
    return `${text}\n\n${texts.names}\n${lines.join("\n")}\n`;
  }

  async function sealedFiles(chosen, keys) {
    const transfer = new DataTransfer();
    for (const [index, file] of chosen.entries()) {
      say(`${texts.working} ${index + 1} / ${chosen.length}`);
      const plain = new Uint8Array(await file.arrayBuffer());
      const content = await sealed(plain, keys, "binary");
      transfer.items.add(new File([content], `${index + 1}.gpg`, { lastModified: 0 }));
    }
    return transfer.files;
  }

  /* Say why it cannot be done; nothing if it can. */
  function obstacle(text, chosen) {
    const size = chosen.reduce((sum, file) => sum + file.size, 0);
    if (size > LARGEST) return texts.large;
    if (holdsCodename(text)) return texts.codename;
    return "";
  }

  async function deliver() {
    const clear = message.value;
    const chosen = files.files;
    const listed = [...chosen];
    const reason = obstacle(clear, listed);
    if (reason) {
      say(reason);
      return;
    }
    say(texts.working);
    try {
      const keys = await deskKeys();
      const letter = await sealed(withNames(clear, listed), keys, "armored");
      if (letter.length > Number(texts.limit)) {
        say(texts.long);
        return;
      }
      const carried = await sealedFiles(listed, keys);
      message.value = letter;
      files.files = carried;
      form.submit(); // what is sent is fixed here; what follows gives the page its own words back
      say(texts.done);
    } catch {
      say(texts.failed);
    } finally {
      message.value = clear;
      files.files = chosen;
    }
  }

  let busy = false;
  form.addEventListener("submit", async (event) => {
    const empty = !message.value.trim() && !files.files.length;
    if (!wanted.checked || empty) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    await deliver();
    busy = false;
  });
  box.hidden = false;
})();
