// Asks the browser for a passkey and sends its answer with the form that stands on the page. Without a script the button stays hidden,
// and password and codes do the same.
'use strict';

const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

// WebAuthn Level 3, 5.1.8 and 5.1.9: written out, since iPads of some years ago know the ceremonies and not these.
const asked = options => ({
  ...options,
  challenge: bytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
  ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(one => ({ ...one, id: bytes(one.id) })) }),
  ...(options.allowCredentials && { allowCredentials: options.allowCredentials.map(one => ({ ...one, id: bytes(one.id) })) }),
});

const answered = made => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  authenticatorAttachment: made.authenticatorAttachment,
  clientExtensionResults: made.getClientExtensionResults(),
  response: made.response.attestationObject
    ? {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports?.() ?? [],
      }
    : {
        clientDataJSON: text(made.response.clientDataJSON),
        authenticatorData: text(made.response.authenticatorData),
        signature: text(made.response.signature),
        userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
      },
});

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const sentence = form.querySelector('[role=status]');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    sentence.textContent = '';
    try {
      const reply = await fetch(form.dataset.passkey, { method: 'POST', body: new URLSearchParams({ seal: form.elements.seal.value }) });
      if (!reply.ok) throw new Error(reply.status);
      const publicKey = asked(await reply.json());
      const made = publicKey.user
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
      form.elements.credential.value = JSON.stringify(answered(made));
      form.submit();
    } catch {
      sentence.textContent = form.dataset.failed;
    }
  });
}
