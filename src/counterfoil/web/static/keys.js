/* The one script of the console: it asks the browser for a security key's signature, or for a new
   credential, and sends what comes back as the form's own field. The office checks it. */
"use strict";
(() => {
  const form = document.getElementById("key-form");
  const status = document.getElementById("key-status");
  if (!form || !window.PublicKeyCredential) return;
  const { get, create, failed } = form.dataset;
  const ask = () => get
    ? navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(get)),
      })
    : navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(create)),
      });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    try {
      const credential = await ask();
      form.elements.credential.value = JSON.stringify(credential.toJSON());
    } catch {
      status.textContent = failed;
      return;
    }
    form.submit();
  });
})();
