namespace PhotoGuard.Records.Staff;

/// <summary>What a person of the school may do (contract, Roles).</summary>
public enum Role
{
    Teacher,

    /// <summary>Senior leadership: approves activities and screens pictures.</summary>
    Screener,

    /// <summary>Keeps the consent records.</summary>
    Office,

    /// <summary>The website editor.</summary>
    Editor,

    /// <summary>The safeguarding lead.</summary>
    Safeguarding,

    Head,
    Ict,
}
