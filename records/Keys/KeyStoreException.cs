namespace PhotoGuard.Records.Keys;

/// <summary>Keys cannot be opened as things are set up: a wrong root key, a changed row. Never means that a key was destroyed.</summary>
public sealed class KeyStoreException(string message) : Exception(message);
