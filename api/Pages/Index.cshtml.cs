namespace PhotoGuard.Api.Pages;

/// <summary>What this person can do here, by role.</summary>
public sealed class HomePage : PlainPage;
